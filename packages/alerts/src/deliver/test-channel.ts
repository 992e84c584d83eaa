import { randomUUID } from "node:crypto";
import { ChannelSecretError } from "../channels/channel-cipher.ts";
import type { Notice } from "../notices/notice.ts";
import type { AlertStore } from "../store/alert-store.ts";
import { sendNotice } from "./send-notice.ts";

/** What became of a test. */
export type ChannelTest = { ok: boolean; message: string };

/** Sends a test to a channel at once. Undefined when there is none of this id. */
export async function testChannel(store: AlertStore, id: string): Promise<ChannelTest | undefined> {
  const stored = await store.read();
  const channel = stored.channels.find((each) => each.id === id);
  if (channel === undefined) return undefined;
  const notice: Notice = { id: `msg_${randomUUID()}`, event: "test", atMs: Date.now(), alerts: [] };
  try {
    const { dashboardUrl } = stored.settings;
    const sent = await sendNotice(channel, store.secretsOf(stored, id), { notice, dashboardUrl });
    if (!sent.ok || sent.why !== undefined) return { ok: false, message: sent.why ?? "" };
    return { ok: true, message: "The test was delivered." };
  } catch (error) {
    if (error instanceof ChannelSecretError) return { ok: false, message: error.message };
    throw error;
  }
}

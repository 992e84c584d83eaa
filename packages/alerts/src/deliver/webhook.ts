import { createHmac } from "node:crypto";
import type { ChannelSecrets, WebhookChannel } from "../channels/channel.ts";
import { keyOfSecret } from "../channels/webhook-secret.ts";
import type { NoticeText } from "../notices/describe-notice.ts";
import type { Notice } from "../notices/notice.ts";
import type { Sent } from "./delivery.ts";
import { renderTemplate } from "./template.ts";

const timeoutMs = 10_000;

/** Sends a notice by an HTTP request signed as Standard Webhooks say. Never rejects, and never quotes the URL. */
export async function sendWebhook(
  { template }: Pick<WebhookChannel, "template">,
  { url = "", secret = "" }: ChannelSecrets,
  { notice, text }: { notice: Notice; text: NoticeText },
): Promise<Sent> {
  const body =
    template === undefined
      ? JSON.stringify(standardBody(notice, text))
      : renderTemplate(template, notice, text);
  const timestamp = Math.floor(Date.now() / 1_000);
  try {
    const reply = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": "customerio-router",
        "webhook-id": notice.id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": sign({ id: notice.id, timestamp, body, secret }),
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await reply.body?.cancel();
    return judge(reply.status);
  } catch (error) {
    return { ok: false, why: explain(error as Error) };
  }
}

/** Source: the Standard Webhooks specification, symmetric signatures. */
export function sign(signed: { id: string; timestamp: number; body: string; secret: string }): string {
  const { id, timestamp, body, secret } = signed;
  const mac = createHmac("sha256", keyOfSecret(secret)).update(`${id}.${timestamp}.${body}`);
  return `v1,${mac.digest("base64")}`;
}

function standardBody(notice: Notice, text: NoticeText): object {
  const { id, event, condition, atMs, alerts } = notice;
  return {
    type: `alert.${event}`,
    timestamp: new Date(atMs).toISOString(),
    data: {
      id,
      ...(condition !== undefined && { condition }),
      ...text,
      alerts: alerts.map(({ subject, detail, messages, beganAtMs, example }) => ({
        ...(subject && { [subject.kind]: { id: subject.id, name: subject.name } }),
        detail,
        messages,
        beganAt: new Date(beganAtMs).toISOString(),
        ...(example !== undefined && { example }),
      })),
    },
  };
}

function judge(status: number): Sent {
  if (status >= 200 && status < 300) return { ok: true };
  if (status >= 300 && status < 400)
    return {
      ok: false,
      why: `The receiver redirects (${status}), which is not followed: enter the final URL.`,
    };
  const isRefused = status < 500 && status !== 408 && status !== 429;
  return { ok: false, why: `The receiver answers ${status}.`, isRefused };
}

const reasons: Record<string, string> = {
  ECONNREFUSED: "Nothing listens at the receiver's address.",
  ENOTFOUND: "The receiver's host cannot be found.",
  EAI_AGAIN: "The receiver's host cannot be found at the moment.",
  ECONNRESET: "The receiver closes the connection.",
  UND_ERR_SOCKET: "The receiver closes the connection.",
};

/** By its code alone: a message could quote the URL. */
function explain({ name, cause }: Error): string {
  if (name === "TimeoutError") return `The receiver did not answer within ${timeoutMs / 1_000} s.`;
  const { code = "" } = (cause ?? {}) as { code?: string };
  return reasons[code] ?? `The receiver cannot be reached${code && ` (${code})`}.`;
}

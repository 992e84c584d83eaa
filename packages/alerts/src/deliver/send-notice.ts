import type { Channel, ChannelSecrets } from "../channels/channel.ts";
import { describeNotice } from "../notices/describe-notice.ts";
import type { Notice } from "../notices/notice.ts";
import type { Sent } from "./delivery.ts";
import { sendEmail } from "./email.ts";
import { sendWebhook } from "./webhook.ts";

/** Sends a notice to a channel, once. Never rejects. */
export async function sendNotice(
  channel: Channel,
  secrets: ChannelSecrets,
  { notice, dashboardUrl }: { notice: Notice; dashboardUrl: string | null },
): Promise<Sent> {
  const told = { notice, text: describeNotice(notice, dashboardUrl) };
  return channel.kind === "webhook"
    ? await sendWebhook(channel, secrets, told)
    : await sendEmail(channel, secrets, told);
}

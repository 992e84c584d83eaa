import type { ChannelSecrets, EmailChannel } from "../channels/channel.ts";
import type { NoticeText } from "../notices/describe-notice.ts";
import type { Notice } from "../notices/notice.ts";
import type { Sent } from "./delivery.ts";

const timeoutMs = 10_000;

/** Sends a notice by SMTP. Never rejects, and never quotes what the server says: it may repeat what it was given. */
export async function sendEmail(
  { host, port, security, user, from, to }: EmailChannel,
  { password = "" }: ChannelSecrets,
  { notice, text }: { notice: Notice; text: NoticeText },
): Promise<Sent> {
  // Who sends no e-mail never loads it.
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(user !== undefined && { auth: { user, pass: password } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { rejected } = await transport.sendMail({
      from,
      to,
      subject: `[customerio-router] ${text.title}`,
      text: writeBody(text),
      // A repetition is the same mail.
      messageId: `<${notice.id}@customerio-router>`,
      date: new Date(notice.atMs),
      headers: { "Auto-Submitted": "auto-generated" },
    });
    if (rejected.length === 0) return { ok: true };
    // Sending again would reach the others twice.
    return { ok: true, why: `The mail server refuses ${rejected.length} of ${to.length} recipients.` };
  } catch (error) {
    return explain(error as SmtpError);
  } finally {
    transport.close();
  }
}

function writeBody({ title, detail, action, messages, example, link }: NoticeText): string {
  const parts = [
    title,
    detail,
    messages > 0 && `Messages: ${messages.toLocaleString("en")}`,
    example && `Example: ${example}`,
    action,
    link,
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

type SmtpError = Error & { code?: string; responseCode?: number };

const reasons: Record<string, string> = {
  EAUTH: "The mail server refuses the user or the password",
  EENVELOPE: "The mail server refuses the sender or a recipient",
  EMESSAGE: "The mail server refuses the message",
  ETLS: "The mail server offers no valid TLS",
  EDNS: "The mail server cannot be found",
  ECONNECTION: "The mail server cannot be reached",
  ESOCKET: "The mail server cannot be reached",
  ETIMEDOUT: "The mail server does not answer in time",
};

function explain({ code = "", responseCode }: SmtpError): Sent {
  const why = reasons[code] ?? "The mail could not be sent";
  const isRefused = responseCode !== undefined && responseCode >= 500;
  return { ok: false, why: `${why}${responseCode === undefined ? "" : ` (${responseCode})`}.`, isRefused };
}

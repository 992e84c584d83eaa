/** Where alerts are sent, without its secrets. */
export type Channel = WebhookChannel | EmailChannel;

type Named = {
  /** Lowercase letters and digits. */
  id: string;
  name: string;
  /** ISO 8601. */
  createdAt: string;
};

export type WebhookChannel = Named & {
  kind: "webhook";
  /** Of its URL, which is secret: it may hold a token. */
  host: string;
  /** The body in place of the standard one: JSON with placeholders. */
  template?: string;
};

export type EmailChannel = Named & {
  kind: "email";
  host: string;
  port: number;
  /** `tls` from the first byte, `starttls` required, or `none`. */
  security: "tls" | "starttls" | "none";
  user?: string;
  from: string;
  to: string[];
};

/** Stored encrypted, and given to nobody but the receiver. */
export type ChannelSecrets = { url?: string; secret?: string; password?: string };

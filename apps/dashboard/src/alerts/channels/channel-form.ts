import type { Channel } from "@customerio-router/alerts";
import type { TextFields } from "../../page/text-fields.ts";

export type ChannelKind = Channel["kind"];

export function readKind(text: string | undefined): ChannelKind {
  return text === "email" ? "email" : "webhook";
}

/** A channel as its form holds it; secrets that are left blank are left out. */
export function readChannelForm(kind: ChannelKind, given: TextFields): Record<string, unknown> {
  const text = (name: string) => given[name]?.trim() || undefined;
  const fields =
    kind === "webhook"
      ? { name: given.name ?? "", url: text("url"), secret: text("secret"), template: text("template") }
      : {
          name: given.name ?? "",
          host: given.host ?? "",
          port: Number(given.port),
          security: given.security,
          user: text("user"),
          password: given.password || undefined,
          from: given.from ?? "",
          to: (given.to ?? "").split(/[\s,;]+/).filter(Boolean),
        };
  return { kind, ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) };
}

/** What a form changes of a channel: a blank secret stays, another blank field is taken away. */
export function readChannelPatch(kind: ChannelKind, given: TextFields): Record<string, unknown> {
  const optional = kind === "webhook" ? { template: null } : { user: null };
  const fields = readChannelForm(kind, given);
  return { ...optional, ...(fields.user === undefined && kind === "email" && { password: null }), ...fields };
}

/** A channel as the form shows it, without its secrets. */
export function channelTexts(channel: Channel): TextFields {
  if (channel.kind === "webhook") return { name: channel.name, template: channel.template };
  const { name, host, port, security, user, from, to } = channel;
  return { name, host, port: String(port), security, user, from, to: to.join(", ") };
}

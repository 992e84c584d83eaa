import type { Connection } from "@customerio-router/connections";
import type { Rejection } from "@customerio-router/messages";
import type { Attempt, MessageRecord } from "@customerio-router/reports";

/** Where a message stands: on its way, or at its end. */
export type MessageState = "waiting" | MessageRecord["outcome"];

/** All that is known of a message at one moment. */
export type KnownMessage = {
  connection: Pick<Connection, "id" | "name">;
  messageId: string;
  jobId: string;
  /** Unix milliseconds of the outcome; of arrival while it waits. */
  atMs: number;
  state: MessageState;
  /** Why it was skipped. */
  reason?: string;
  rejection?: Rejection;
  requests: number;
  attempts: Attempt[];
  /** What was sent to Customer.io; absent while it waits. */
  operations?: unknown[];
  /** True when it was read from a corrupt body. */
  salvaged?: true;
  /** What intake changed in it. */
  warnings?: MessageRecord["warnings"];
  /** The names of the rules that changed or dropped it. */
  rules?: MessageRecord["rules"];
  /** What rules hashed or removed at intake. */
  treated?: MessageRecord["treated"];
  from?: MessageRecord["from"];
  message: unknown;
};

export function fromRecord(
  { id, name }: Pick<Connection, "id" | "name">,
  { outcome, ...record }: MessageRecord,
): KnownMessage {
  return { connection: { id, name }, state: outcome, ...record };
}

/** What a message is called in lists: type, name and person, as far as it has them. */
type MessageTitle = { type: string; name: string; person: string };

export function titleOf(message: unknown): MessageTitle {
  // Of what was too large, or arrived damaged, the beginning is kept as text.
  const unnamed = typeof message === "string" ? "(cut off)" : "";
  return {
    type: textAt(message, "type") ?? "message",
    name:
      textAt(message, "event") ?? textAt(message, "name") ?? textAt(message, "properties", "url") ?? unnamed,
    person: personsOf(message)[0] ?? "",
  };
}

/** Whom a message names, in the order in which one would name them; as in the mapping, not `properties.email`. */
function personsOf(message: unknown): string[] {
  const paths = [
    ["userId"],
    ["anonymousId"],
    ["previousId"],
    ["traits", "email"],
    ["context", "traits", "email"],
    ["groupId"],
  ];
  return paths.flatMap((path) => textAt(message, ...path) ?? []);
}

function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = path.reduce<unknown>(
    (inner, name) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, name)
        ? (inner as { [name: string]: unknown })[name]
        : undefined,
    value,
  );
  return (typeof found === "string" && found !== "") || typeof found === "number" ? String(found) : undefined;
}

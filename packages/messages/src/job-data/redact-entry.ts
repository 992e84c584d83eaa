import { randomBytes } from "node:crypto";
import { callTypes } from "../call.ts";
import { readId, valueAt } from "../read.ts";
import type { Entry } from "./job-data.ts";

/** Why a message of an erased person was skipped. */
export const erasedReason = "erased";

/**
 * What stays of a message whose person is erased: enough to count it. Its day of receipt stays, since the ledger has it.
 * @param people the keys that the message names, such as `id:42`: a messageId made from one of them is replaced
 */
export function redactEntry({ message, rejected, from, replay }: Entry, people: string[]): Entry {
  const type = valueAt(message, "type");
  const receivedAtMs = Date.parse(String(valueAt(message, "receivedAt")));
  return {
    message: {
      messageId: readMessageId(message, people),
      ...(callTypes.some((known) => known === type) && { type }),
      ...(Number.isFinite(receivedAtMs) && { receivedAt: new Date(receivedAtMs).toISOString() }),
    },
    // What Customer.io or the mapping said of the message may quote it.
    ...(rejected && { rejected: { reason: rejected.reason, message: "The person was erased" } }),
    ...(from && { from }),
    ...(replay && { replay }),
    erased: true,
  };
}

function readMessageId(message: unknown, people: string[]): string {
  const id = readId(valueAt(message, "messageId")) ?? "";
  const values = people.map((key) => key.slice(key.indexOf(":") + 1).toLowerCase());
  const isPersonal = values.some((value) => id.toLowerCase().includes(value));
  return isPersonal ? `erased-${randomBytes(9).toString("base64url")}` : id;
}

import { changeJobData, isObject } from "@customerio-router/messages";

/** What stands in place of something masked. Whatever a person sends back with it in it is refused. */
export const maskMark = "•••";

/** What people see of personal data in messages. */
export type Privacy = {
  readonly isMasking: boolean;
  /** A message or an operation, with its shape and its names as they are. */
  mask(value: unknown): unknown;
  /** The same of a job's data. */
  maskJobData(data: unknown): unknown;
  /** A user's id, an email address or the like. */
  maskText(text: string): string;
  /** A sentence that may quote an email address. */
  maskSentence(sentence: string): string;
};

/** Of these nothing is personal, where they stand at the top of a message or an operation. */
const openNames = new Set([
  "type",
  "event",
  "name",
  "category",
  "messageId",
  "timestamp",
  "originalTimestamp",
  "receivedAt",
  "sentAt",
  "integrations",
  "channel",
  "version",
  "action",
  "id",
  "writeKey",
]);

const emailAddress = /[^\s"'<>()@]+@[^\s"'<>()@]+/g;

export function createPrivacy({ isMasking }: { isMasking: boolean }): Privacy {
  if (!isMasking) {
    return {
      isMasking,
      mask: (value) => value,
      maskJobData: (data) => data,
      maskText: (text) => text,
      maskSentence: (sentence) => sentence,
    };
  }
  return {
    isMasking,
    mask: maskTop,
    maskJobData: (data) => changeJobData(data, { message: maskTop, other: maskBesideMessage }),
    maskText,
    maskSentence: maskAddresses,
  };
}

function maskTop(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskTop);
  if (typeof value !== "object" || value === null) return maskAll(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, openNames.has(name) ? inner : maskAll(inner)]),
  );
}

/** What stands beside a message: the reason of a rejection is no one's, its sentence may quote an address. */
function maskBesideMessage(name: string, value: unknown): unknown {
  if (name !== "rejected" || !isObject(value)) return maskAll(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, text]) => [
      name,
      typeof text === "string" ? maskAddresses(text) : maskAll(text),
    ]),
  );
}

function maskAddresses(sentence: string): string {
  return sentence.replace(emailAddress, maskText);
}

function maskAll(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskAll);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskAll(inner)]));
  }
  if (value === null || typeof value === "boolean") return value;
  return typeof value === "string" ? maskText(value) : maskMark;
}

/** Enough is left to tell one from another at a glance, not enough to tell who it is. */
function maskText(text: string): string {
  return text.length < 6 ? maskMark : `${[...text].slice(0, 2).join("")}${maskMark}`;
}

import { type ArchivedMessage, type Cut, writeLine } from "../src/index.ts";

export const firstDayMs = Date.UTC(2026, 0, 1);

/** A line whose number says everything about it: its day, its person, its outcome. */
export function lineOf(number: number, more: Partial<ArchivedMessage> = {}) {
  const receivedMs = firstDayMs + number * 1000;
  const userId = `user-${number % 10}`;
  const isRejected = number % 25 === 0;
  return writeLine({
    messageId: `message-${number}`,
    receivedAt: new Date(receivedMs).toISOString(),
    settledAt: new Date(receivedMs + 500).toISOString(),
    outcome: isRejected ? "rejected" : "delivered",
    ...(isRejected && {
      reason: "no-user",
      rejection: { reason: "no-user", message: "It names nobody.", field: "userId" },
    }),
    requests: 1,
    attempts: [{ atMs: receivedMs + 500, durationMs: 80, status: 200, decision: "settled" }],
    operations: isRejected
      ? []
      : [{ type: "person", action: "event", identifiers: { id: userId }, name: "Order Completed" }],
    ulids: isRejected ? [] : [`01${String(number).padStart(24, "0")}`],
    jobId: String(Math.ceil(number / 10)),
    source: number % 2 === 0 ? "import" : "http",
    message: {
      type: "track",
      event: number % 3 === 0 ? "Order Completed" : "Product Viewed",
      userId,
      messageId: `message-${number}`,
      properties: { total: number / 4, note: `"quoted"\n and ünïcode ${number}` },
    },
    ...more,
  });
}

/** The lines of a cut, one for each number, in groups of at most a hundred. */
export function linesOf({ first, last }: Cut, more: Partial<ArchivedMessage> = {}) {
  const groups: ReturnType<typeof lineOf>[][] = [];
  for (let from = first; from <= last; from += 100) {
    const size = Math.min(100, last - from + 1);
    groups.push(Array.from({ length: size }, (_, index) => lineOf(from + index, more)));
  }
  return groups;
}

export const owner = { mayWrite: () => true };
export const connectionId = "c0123456789abcdef012";

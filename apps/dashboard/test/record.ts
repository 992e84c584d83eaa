import type { MessageRecord } from "@customerio-router/reports";

/** What became of a message, as the worker writes it down. */
export function record(messageId: string, more: Partial<MessageRecord> = {}): MessageRecord {
  return {
    messageId,
    jobId: "g1",
    atMs: Date.parse("2026-01-02T03:04:05.678Z"),
    outcome: "delivered",
    requests: 1,
    attempts: [
      { atMs: Date.parse("2026-01-02T03:04:05Z"), durationMs: 41, status: 200, decision: "settled" },
    ],
    operations: [],
    message: {
      type: "track",
      messageId,
      userId: "userId123",
      event: "Clicked Button",
      properties: { email: "ann@example.com", total: 12 },
      receivedAt: "2026-01-02T03:04:04.000Z",
    },
    ...more,
  };
}

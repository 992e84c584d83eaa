import { createHash } from "node:crypto";
import { type ArchiveLine, writeLine } from "@customerio-router/archive";

const events = ["Product Viewed", "Product Added", "Checkout Started", "Order Completed", "Page Left"];
const firstMs = Date.UTC(2026, 0, 1);
/** Ten million messages fill 30 days. */
const perMs = 10_000_000 / (30 * 86_400_000);

/** Of 100 messages 2 are of 200 busy people, 20 of 40,000 regular ones (50 each of ten million), the others of a million. */
export function personOf(number: number): string {
  const draw = mix(number);
  if (draw % 50 === 0) return `busy-${mix(draw) % 200}`;
  if (draw % 5 === 1) return `regular-${mix(draw) % 40_000}`;
  return `user-${mix(draw) % 1_000_000}`;
}

export function messageIdOf(number: number): string {
  return createHash("md5").update(String(number)).digest("hex");
}

/** A track call of about a kilobyte with its line, the same for the same number. */
export function makeLine(number: number): ArchiveLine {
  const draw = mix(number + 1);
  const messageId = messageIdOf(number);
  const userId = personOf(number);
  const event = events[draw % events.length] as string;
  const receivedMs = Math.floor(firstMs + number / perMs);
  const receivedAt = new Date(receivedMs).toISOString();
  const properties = {
    orderId: messageId.slice(0, 12),
    total: (draw % 100_000) / 100,
    currency: "EUR",
    products: [{ sku: `SKU-${draw % 5_000}`, name: "A thing to buy", quantity: 1 + (draw % 3) }],
  };
  const ip = `10.${draw & 255}.${(draw >> 8) & 255}.${(draw >> 16) & 255}`;
  return writeLine({
    messageId,
    receivedAt,
    settledAt: new Date(receivedMs + 150).toISOString(),
    outcome: "delivered",
    requests: 1,
    attempts: [{ atMs: receivedMs + 150, durationMs: 40 + (draw % 60), status: 200, decision: "settled" }],
    operations: [
      {
        type: "person",
        action: "event",
        identifiers: { id: userId },
        name: event,
        id: messageId.slice(0, 26).toUpperCase(),
        timestamp: Math.floor(receivedMs / 1000),
        attributes: properties,
      },
    ],
    ulids: [messageId.slice(0, 26).toUpperCase()],
    jobId: String(Math.floor(number / 20)),
    message: {
      type: "track",
      event,
      userId,
      messageId,
      receivedAt,
      timestamp: receivedAt,
      properties,
      context: {
        ip,
        userAgent: "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36",
        library: { name: "analytics-node", version: "2.1.0" },
      },
    },
  });
}

/** Numbers that look drawn at random, the same each time. */
function mix(number: number): number {
  let mixed = Math.imul(number ^ (number >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

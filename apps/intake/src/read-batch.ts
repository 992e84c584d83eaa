import {
  type Fields,
  isObject,
  jsonBytes,
  messageLimits,
  type Receipt,
  stampMessage,
  validateMessage,
  withBatchDefaults,
} from "@customerio-router/messages";
import type { Entry } from "@customerio-router/queue";
import { keepRejected } from "./keep-rejected.ts";
import { Refusal } from "./refusal.ts";

const { messagesPerBatch, bodyBytes } = messageLimits;

/** What a batch's `context` and `integrations` may come to, written into each of its messages. */
const sharedBytes = 4 * bodyBytes;

/**
 * `{ batch: [...] }`. SDKs throw a whole batch away for one answer of 400, so a bad message among good ones
 * becomes an entry that says what is wrong with it, to be looked at where failed messages are.
 *
 * @param options.isHistory true when `sentAt` tells nothing of the clock that stamped the messages.
 */
export function readBatch(
  body: unknown,
  receipt: Receipt,
  { isHistory = false }: { isHistory?: boolean } = {},
): Entry[] | Refusal {
  const batch = isObject(body) ? body.batch : undefined;
  if (!isObject(body) || !Array.isArray(batch)) {
    return new Refusal(400, "not-a-batch", 'The body must be `{ "batch": [...] }`.', { field: "batch" });
  }
  if (batch.length > messagesPerBatch) {
    const message = `A batch must have at most ${messagesPerBatch.toLocaleString("en")} messages.`;
    return new Refusal(400, "too-many-messages", message, {
      index: messagesPerBatch,
      field: "batch",
      limit: messagesPerBatch,
    });
  }
  if (bytesToShare(body) * batch.length > sharedBytes) {
    const message =
      "The batch's `context` and `integrations` are too large to be written into each of its messages.";
    return new Refusal(400, "too-much-shared", message, { field: "context", limit: sharedBytes });
  }
  if (isHistory) {
    const { receivedAt } = receipt;
    return batch.map((item) => toEntry(withoutSentAt(withBatchDefaults(item, body)), { receivedAt }));
  }
  const batchReceipt = { ...receipt, sentAt: body.sentAt ?? receipt.sentAt };
  return batch.map((item) => toEntry(withBatchDefaults(item, body), batchReceipt));
}

function toEntry(item: unknown, receipt: Receipt): Entry {
  const validated = validateMessage(item);
  if (!validated.ok) return keepRejected(item, validated.problem);
  return { message: stampMessage(validated.message, receipt) };
}

function withoutSentAt(item: unknown): unknown {
  if (!isObject(item) || !("sentAt" in item)) return item;
  const { sentAt, ...rest } = item;
  return rest;
}

/** Infinity for what is nested too deeply to be written at all. */
function bytesToShare({ context, integrations }: Fields): number {
  if (!isObject(context) && !isObject(integrations)) return 0;
  try {
    return jsonBytes({ context, integrations });
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

import {
  type Entry,
  type Fields,
  isObject,
  jsonBytes,
  messageLimits,
  type Receipt,
  receiveCall,
  validateMessage,
  valueAt,
  withBatchDefaults,
} from "@customerio-router/messages";
import { keepRejected, keepUnsaved } from "../keep/keep-rejected.ts";
import { Refusal } from "./refusal.ts";
import { SalvagedBatch, Unsaved } from "./salvage/salvaged-batch.ts";

const { messagesPerBatch, bodyBytes } = messageLimits;

/** What a batch's `context` and `integrations` may come to, written into each of its messages. */
const sharedBytes = 4 * bodyBytes;

/**
 * `{ batch: [...] }`. SDKs drop a whole batch after a 400, so an invalid message becomes an entry with the reason,
 * shown among the failed messages.
 * @param options.isHistory true when `sentAt` says nothing about the clock that stamped the messages.
 */
export function readBatch(
  body: unknown,
  receipt: Receipt,
  { isHistory = false }: { isHistory?: boolean } = {},
): Entry[] | Refusal {
  const envelopes = body instanceof SalvagedBatch ? body.envelopes : [body];
  const refusal = refuseBatch(body, envelopes);
  return (
    refusal ?? (envelopes as Envelope[]).flatMap((envelope) => readEnvelope(envelope, receipt, isHistory))
  );
}

type Envelope = Fields & { batch: unknown[] };

function refuseBatch(body: unknown, envelopes: readonly unknown[]): Refusal | undefined {
  const batch = valueAt(body, "batch");
  if (!Array.isArray(batch)) {
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
  let shared = 0;
  for (const envelope of envelopes as Envelope[]) shared += bytesToShare(envelope) * envelope.batch.length;
  if (shared > sharedBytes) {
    const message =
      "The batch's `context` and `integrations` are too large to be written into each of its messages.";
    return new Refusal(400, "too-much-shared", message, { field: "context", limit: sharedBytes });
  }
  return undefined;
}

function readEnvelope(envelope: Envelope, receipt: Receipt, isHistory: boolean): Entry[] {
  const sentAt = isHistory ? undefined : (envelope.sentAt ?? receipt.sentAt);
  const ofBatch = withSharedWarnings({ ...receipt, sentAt }, envelope);
  return envelope.batch.map((item) => {
    if (item instanceof Unsaved) return keepUnsaved(item.text);
    const call = withBatchDefaults(item, envelope);
    return toEntry(isHistory ? withoutSentAt(call) : call, ofBatch, item);
  });
}

/** @param read the item as it was read, without what it has from the batch. */
function toEntry(item: unknown, receipt: Receipt, read: unknown): Entry {
  const validated = validateMessage(item);
  if (!validated.ok) return keepRejected(item, validated.problem);
  return receiveCall(validated.message, receipt, read);
}

/** What reading changed in the batch's own `context` and `integrations` was changed in each of its messages. */
function withSharedWarnings(receipt: Receipt, { context, integrations }: Fields): Receipt {
  const { warningsOf } = receipt;
  if (warningsOf === undefined) return receipt;
  const shared = warningsOf({ context, integrations });
  return { ...receipt, warningsOf: (item) => [...warningsOf(item), ...shared] };
}

function withoutSentAt(item: unknown): unknown {
  if (!isObject(item) || !("sentAt" in item)) return item;
  const { sentAt, ...rest } = item;
  return rest;
}

/** Infinity for JSON that is nested too deeply to be written. */
function bytesToShare({ context, integrations }: Fields): number {
  if (!isObject(context) && !isObject(integrations)) return 0;
  try {
    return jsonBytes({ context, integrations });
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

import type { Fields } from "./call.ts";
import { isObject } from "./read.ts";

/**
 * Gives an item of a batch the batch's own `context` and `integrations`; what the item says itself wins, key by key.
 * Neither is changed. Source: the Segment HTTP API's batch.
 */
export function withBatchDefaults(item: unknown, batch: Fields): unknown {
  if (!isObject(item) || !(isObject(batch.context) || isObject(batch.integrations))) return item;
  return {
    ...item,
    ...merged("context", batch, item),
    ...merged("integrations", batch, item),
  };
}

function merged(key: "context" | "integrations", batch: Fields, item: Fields): Fields {
  const common = batch[key];
  if (!isObject(common)) return {};
  const own = item[key];
  return { [key]: isObject(own) ? { ...common, ...own } : common };
}

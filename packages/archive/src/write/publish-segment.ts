import type { BuiltSegment } from "../segments/segment-builder.ts";
import { indexSuffix } from "../segments/segment-name.ts";
import type { PublishResult, Store } from "../store/store.ts";
import type { Writer } from "./writer.ts";

/**
 * The segment first, so that an index without one is always left over. A process that dies in between leaves a segment
 * whose index readers rebuild, and `sweep` stores.
 */
export async function publishSegment(
  store: Store,
  path: string,
  { segment, index }: Pick<BuiltSegment, "segment" | "index">,
  { mayWrite }: Writer,
): Promise<PublishResult> {
  const result = await store.publish(path, segment, mayWrite);
  if (result !== "refused") await store.publish(path + indexSuffix, index, mayWrite);
  return result;
}

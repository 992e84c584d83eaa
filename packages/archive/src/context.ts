import { DamagedSegmentError } from "./archive-error.ts";
import { createIndexReader, type IndexReader } from "./index/index-reader.ts";
import type { Store } from "./store/store.ts";

/** What every part of the archive works with. */
export type Context = {
  store: Store;
  indexes: IndexReader;
  /** Names a damaged segment, once. */
  warnOfDamage(error: DamagedSegmentError): void;
};

export function createContext(store: Store, onWarning: (message: string) => void): Context {
  const named = new Set<string>();
  return {
    store,
    indexes: createIndexReader(store),
    warnOfDamage({ path, message }) {
      if (named.has(path)) return;
      named.add(path);
      onWarning(message);
    },
  };
}

/** What `work` gives; undefined, with a warning, when the segment it reads is damaged. */
export async function unlessDamaged<Result>(
  context: Context,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DamagedSegmentError)) throw error;
    context.warnOfDamage(error);
    return undefined;
  }
}

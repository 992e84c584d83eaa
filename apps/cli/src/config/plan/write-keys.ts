import {
  maxWriteKeys,
  type ShownSource,
  type SourceStore,
  type UsedWriteKey,
} from "@customerio-router/connections";
import type { Entry } from "../file/config-file.ts";
import { writeKeysOf } from "../file/entries/source-entry.ts";
import type { PlanContext } from "./plan-context.ts";
import { requireSaved } from "./saved.ts";

export type WriteKeyPlan = {
  toAdd: string[];
  toRetire: UsedWriteKey[];
  details: string[];
  /** Those that the file does not name and that stay, as they are shown. */
  left: string[];
};

/** How the write keys of a source differ from the file's. Keys that the file does not name are retired by --prune alone. */
export async function planWriteKeys(
  entry: Entry,
  former: ShownSource | undefined,
  context: PlanContext,
): Promise<WriteKeyPlan> {
  const { isPruning, problems } = context;
  const [wanted, current] = [writeKeysOf(entry), former?.writeKeys ?? []];
  if (wanted === undefined) return { toAdd: [], toRetire: [], details: [], left: [] };
  const toAdd = wanted.filter((key) => !current.some((one) => one.key === key));
  const unnamed = current.filter(({ key }) => !wanted.includes(key));
  const toRetire = isPruning ? unnamed : [];
  if (current.length - toRetire.length + toAdd.length > maxWriteKeys) {
    const keys = unnamed.map(({ key }) => showKey(key)).join(" and ");
    problems.add(
      [...entry.path, "writeKeys"],
      `A source has at most ${maxWriteKeys} write keys, and this one has ${keys} too: name it here, or retire it, with --prune or on the page Sources.`,
    );
  }
  await findHolders({ toAdd, wanted, former, entry }, context);
  return {
    toAdd,
    toRetire,
    details: [
      ...toAdd.map((key) => `write key ${showKey(key)}: added`),
      ...toRetire.map(({ key }) => `write key ${showKey(key)}: retired, its callers are refused`),
    ],
    left: isPruning ? [] : unnamed.map(({ key }) => showKey(key)),
  };
}

type Wanted = { toAdd: string[]; wanted: string[]; former: ShownSource | undefined; entry: Entry };

async function findHolders(
  { toAdd, wanted, former, entry }: Wanted,
  { installation, problems }: PlanContext,
): Promise<void> {
  for (const key of toAdd) {
    const holder = await installation.store.findSource(key);
    if (holder === undefined || holder.id === former?.id) continue;
    problems.add(
      [...entry.path, "writeKeys", wanted.indexOf(key)],
      `The source ${JSON.stringify(holder.name)} has this write key. If this is that source with a new name, rename it on the page Sources first; otherwise use another key.`,
    );
  }
}

/** New keys are valid before old ones are retired; a key that goes makes room only where there is none. */
export async function replaceWriteKeys(
  options: WriteKeyPlan & {
    sources: SourceStore;
    former: ShownSource;
    /** Saves the other fields. */
    save(): Promise<void>;
  },
): Promise<void> {
  const { sources, former, toAdd, toRetire, save } = options;
  const outgoing = [...toRetire];
  let count = former.writeKeys.length;
  const retire = async () => {
    const key = outgoing.shift();
    if (key === undefined) return;
    requireSaved(await sources.retireWriteKey(former.id, key.id));
    count -= 1;
  };
  for (const key of toAdd) {
    if (count >= maxWriteKeys) await retire();
    requireSaved(await sources.addWriteKey(former.id, key));
    count += 1;
  }
  await save();
  while (outgoing.length > 0) await retire();
}

/** Enough to recognize it, and at most a quarter of it. */
function showKey(key: string): string {
  return `…${key.slice(-Math.max(1, Math.min(4, Math.floor(key.length / 4))))}`;
}

import { ArchiveError } from "./archive-error.ts";
import type { Store } from "./store/store.ts";

const file = "archive.json";
/** The format of stored data that changed the layout of the archive last. */
const format = 1;

/** Which archive this is; undefined when it has no mark yet. Processes that read the same mark see the same archive. */
export async function readMark(store: Store): Promise<string | undefined> {
  const bytes = await store.read(file);
  if (bytes === undefined) return undefined;
  const { mark, format: found } = parse(bytes, store.where);
  if (found > format) {
    throw new ArchiveError(
      "format",
      `The archive ${store.where} has format ${found}, and this version reads format ${format}: run a newer version`,
    );
  }
  return mark;
}

/** Gives the archive this mark unless it has one, and resolves with the one it has. */
export async function ensureMark(store: Store, mark: string): Promise<string> {
  const found = await readMark(store);
  if (found !== undefined) return found;
  const bytes = Buffer.from(`${JSON.stringify({ mark, format })}\n`);
  await store.publish(file, bytes, () => true);
  // Another process may have been first.
  return (await readMark(store)) ?? mark;
}

function parse(bytes: Buffer, where: string): { mark: string; format: number } {
  try {
    const { mark, format } = JSON.parse(bytes.toString());
    if (typeof mark === "string" && typeof format === "number") return { mark, format };
  } catch {
    // Told below, with what to do.
  }
  throw new ArchiveError(
    "format",
    `The file ${file} of the archive ${where} is damaged: restore it from a backup, or delete it if this is the right archive`,
  );
}

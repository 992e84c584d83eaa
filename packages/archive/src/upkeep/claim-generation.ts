import { connectionFolderOf } from "../segments/folders.ts";
import { padNumber } from "../segments/segment-name.ts";
import type { Store } from "../store/store.ts";
import type { Writer } from "../write/writer.ts";

/**
 * A number above all that anybody has had for this connection: the generation of the segments that the caller writes now.
 * It is on disk before the caller is asked whether it is still the owner. So whoever becomes the owner later sees it and
 * gets a higher one, and what a suspended owner publishes late is recognized by its lower number. Neither clocks nor
 * conditional writes are needed, which not every S3 has. Undefined when `mayWrite` says no.
 */
export async function claimGeneration(
  store: Store,
  connectionId: string,
  { mayWrite }: Writer,
  atLeast: number,
): Promise<number | undefined> {
  const folder = `${connectionFolderOf(connectionId)}/claims`;
  const { files } = await store.list(folder);
  const claimed = files.map(({ name }) => name).filter((name) => /^\d{16}$/.test(name));
  let generation = Math.max(atLeast, ...claimed.map(Number)) + 1;
  for (;;) {
    const result = await store.publish(`${folder}/${padNumber(generation)}`, Buffer.from("\n"), mayWrite);
    if (result === "refused" || !mayWrite()) return undefined;
    if (result === "written") break;
    generation += 1;
  }
  for (const name of claimed) if (Number(name) < generation) await store.remove(`${folder}/${name}`);
  return generation;
}

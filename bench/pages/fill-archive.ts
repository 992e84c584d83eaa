import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openArchive } from "@customerio-router/archive";
import { buildArchive } from "../archive/build-archive.ts";

/**
 * An archive with this many messages: half of them of the first connection, the rest of the others in equal parts. These are
 * copies of one part, since writing takes most of the time of this bench and a page reads one connection's as it reads
 * another's. An archive that the folder already has is used.
 */
export async function fillArchive(
  folder: string,
  { ids, messages, tell }: { ids: string[]; messages: number; tell: (line: string) => void },
): Promise<{ archived: number; ofFirst: number }> {
  const [first = "", second = "", ...others] = ids;
  const note = join(folder, `built-${ids.length}-${messages}.json`);
  const known = await readFile(note, "utf8").catch(() => undefined);
  if (known !== undefined) return JSON.parse(known);
  const archive = await openArchive({ url: `file:${folder}`, onWarning: console.error });
  if (archive === undefined) throw new Error("the archive is off");
  await using _ = archive;
  const ofFirst = Math.ceil(messages / 2);
  const ofOther = Math.ceil((messages - ofFirst) / (ids.length - 1));
  await buildArchive(archive, { connectionId: second, messages: ofOther });
  await buildArchive(archive, { connectionId: first, messages: ofFirst });
  tell(`${ofFirst.toLocaleString("en")} messages of one connection are archived`);
  const folderOf = (id: string) => join(folder, `connection=${id}`);
  for (const id of others) await cp(folderOf(second), folderOf(id), { recursive: true });
  const filled = { archived: ofFirst + ofOther * (ids.length - 1), ofFirst };
  await writeFile(note, JSON.stringify(filled));
  return filled;
}

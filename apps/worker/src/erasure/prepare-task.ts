import {
  addFoundPeople,
  type Erasure,
  type ErasureCipher,
  problemField,
  readPart,
  readSealedErasure,
  readSealedPeople,
  writePart,
} from "@customerio-router/connections";
import type { EraseContext, Owned, Task } from "./erase-context.ts";
import { findPeople } from "./find-people.ts";

/** How long a worker that does not see the archive waits for it before it goes on without: then it looks there later. */
const archiveMs = 15_000;

/** Finds the keys of the person once, and has calls that name any of them skipped. */
export async function prepare(
  { redis, archive, archiving }: EraseContext,
  { lease }: Owned,
  erasure: Erasure,
  cipher: ErasureCipher,
): Promise<Task | undefined> {
  const { id } = erasure;
  const { connectionId } = lease;
  const part = await readPart(redis, connectionId, id);
  if (part.doneAtMs !== undefined) return undefined;
  const owner = `${id}:${connectionId}`;
  const known = await readSealedPeople(redis, connectionId, id);
  const former = known === undefined ? undefined : cipher.unseal(known, owner);
  if (former && (part.searchedArchive || !archiving.isOn)) return { erasure, part, people: former };
  if (archive && !archiving.isOn && Date.now() - Date.parse(erasure.requestedAt) < archiveMs)
    return undefined;
  const sealed = await readSealedErasure(redis, id);
  if (sealed === undefined) return undefined;
  const searched = archiving.isOn ? archive : undefined;
  const given = former ?? cipher.unseal(sealed, id);
  const { people, shared } = await findPeople({ redis, archive: searched, connectionId, given });
  const version = await addFoundPeople(redis, { id, connectionId, hashes: people.map(cipher.hash) });
  const hasMore = former === undefined || people.length > former.length;
  const keys = countKinds(people);
  await writePart(
    redis,
    { lease, id },
    {
      ...{ sealed: cipher.seal(people, owner), keys: JSON.stringify(keys), shared, version },
      ...(archive === undefined || searched !== undefined ? { searchedArchive: 1 } : {}),
      ...(hasMore ? { sweptAtMs: "", archivedAtMs: "", sentAtMs: "" } : {}),
      [problemField("key")]: "",
    },
  );
  return { erasure, part: await readPart(redis, connectionId, id), people };
}

function countKinds(people: string[]): { [kind: string]: number } {
  const keys: { [kind: string]: number } = {};
  for (const key of people) {
    const kind = key.slice(0, key.indexOf(":"));
    keys[kind] = (keys[kind] ?? 0) + 1;
  }
  return keys;
}

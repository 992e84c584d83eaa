import { type Archive, normalizePerson, peopleOf } from "@customerio-router/archive";
import {
  addFoundPeople,
  type Connection,
  type ConnectionStore,
  createNameFilter,
  type ErasedPeople,
  type Erasure,
  type ErasureCipher,
  type ErasurePart,
  problemField,
  readConfirmations,
  readErasureCipher,
  readPart,
  readSealedErasure,
  readSealedPeople,
  writePart,
} from "@customerio-router/connections";
import { redactEntry } from "@customerio-router/messages";
import { type Lease, type Redaction, redactPeople, redactReplays } from "@customerio-router/queue";
import { erasureKey, type RedisClient } from "@customerio-router/redis";
import { archiveDue } from "../archive/archive-cut.ts";
import type { Archiving } from "../archive/start-archiving.ts";
import type { Replays } from "../replay/start-replaying.ts";
import { compactRedis } from "./compact-redis.ts";
import { findPeople } from "./find-people.ts";
import { sendLast } from "./send-last.ts";

/** How long intakes that are up have to purge their spools before Redis is searched; whoever is late has it searched again. */
const intakesMs = 10_000;

/** How long a worker that does not see the archive waits for it before it goes on without: then it looks there later. */
const archiveMs = 15_000;

export type EraseContext = {
  redis: RedisClient;
  store: ConnectionStore;
  secretKey: string | undefined;
  archive: Archive | undefined;
  archiving: Pick<Archiving, "isOn" | "idle">;
  replays: Pick<Replays, "halt" | "resume">;
  people: ErasedPeople;
  /** Runs the work while nothing of the connection is in hand. False when the connection is not owned. */
  suspend: (connectionId: string, work: () => Promise<void>) => Promise<boolean>;
  /** False once the process stops: what is left, the next owner does. */
  mayGoOn: () => boolean;
};

/** An erasure of this connection, with what its owner knows of it. */
type Task = { erasure: Erasure; part: ErasurePart; people: string[] };

/**
 * Carries out the erasures of a connection, all steps of them, in this order: find all keys of the person; see that intakes
 * and this worker let nothing more through; remove what Redis has, then what the archive has; delete the person in
 * Customer.io; have Redis write its files anew. Each step can be repeated, so that after a crash the next owner goes on
 * where the last one wrote that a step was done.
 * @throws FencedError
 */
export async function eraseInConnection(
  context: EraseContext,
  { connection, lease, erasures }: { connection: Connection; lease: Lease; erasures: Erasure[] },
): Promise<void> {
  const { redis, secretKey } = context;
  const cipher = secretKey === undefined ? undefined : await readErasureCipher(redis, secretKey);
  const owned = { connection, lease };
  if (cipher === undefined) {
    const why =
      "The worker has no SECRET_KEY, which is needed to read whom this is about: set it and start again";
    for (const { id } of erasures) await writePart(redis, { lease, id }, { [problemField("key")]: why });
    return;
  }
  const tasks: Task[] = [];
  for (const erasure of erasures) {
    const task = await prepare(context, owned, erasure, cipher);
    if (task !== undefined) tasks.push(task);
  }
  // What a replay has read of the archive would come back into the queue.
  if (tasks.some(({ part }) => part.archivedAtMs === undefined))
    await context.replays.halt(lease.connectionId);
  await sweep(context, owned, tasks);
  if (tasks.every(({ part }) => part.archivedAtMs !== undefined)) context.replays.resume(lease.connectionId);
  for (const task of tasks) {
    await send(context, owned, task);
    await watchIntakes(context, owned, task);
  }
  await compact(context, owned, tasks);
  for (const task of tasks) await finish(context, owned, task);
}

type Owned = { connection: Connection; lease: Lease };

/** Finds the keys of the person once, and has calls that name any of them skipped. */
async function prepare(
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

/** Removes what Redis and the archive have. */
async function sweep(context: EraseContext, owned: Owned, all: Task[]): Promise<void> {
  const { redis, archive, archiving, people } = context;
  const { lease } = owned;
  const { connectionId } = lease;
  const tasks = all.filter(({ part }) => part.sweptAtMs === undefined);
  if (tasks.length > 0) {
    await people.refresh();
    const version = Math.max(...tasks.map(({ part }) => part.version ?? 0));
    if (people.version < version || people.problem !== undefined) return;
    await waitForIntakes(redis, version);
    let isClean = false;
    await context.suspend(connectionId, async () => {
      await archiving.idle(connectionId);
      const redaction = createRedaction(connectionId, tasks, () => lease.isHeld() && context.mayGoOn());
      await redactReplays(redis, lease, (person) => redaction.concerns(person));
      for (let rounds = 0; rounds < 3 && !isClean; rounds++) {
        ({ isClean } = await redactPeople({ redis, lease }, redaction));
      }
    });
    if (!isClean) return;
    for (const { erasure, part } of tasks) {
      part.sweptAtMs = Date.now();
      delete part.compactedAtMs;
      await writePart(redis, { lease, id: erasure.id }, { sweptAtMs: part.sweptAtMs, compactedAtMs: "" });
    }
  }
  const unarchived = all.filter(
    ({ part }) => part.sweptAtMs !== undefined && part.archivedAtMs === undefined,
  );
  if (unarchived.length === 0) return;
  const about = problemField("archive");
  const isOff = archive === undefined;
  if (!isOff && !archiving.isOn) {
    const why = "The worker does not see the installation's archive: it goes on once it does";
    for (const { erasure } of unarchived) await writePart(redis, { lease, id: erasure.id }, { [about]: why });
    return;
  }
  for (const { erasure, part, people } of unarchived) {
    const done = isOff
      ? { archived: 0, unreachable: [] }
      : await eraseFromArchive(context, lease, people, archive);
    if (done === undefined) return;
    part.archivedAtMs = Date.now();
    part.unreachable.push(...done.unreachable);
    await writePart(
      redis,
      { lease, id: erasure.id },
      {
        archivedAtMs: part.archivedAtMs,
        archived: part.removed.archived + done.archived,
        unreachable: JSON.stringify(part.unreachable),
        [about]: "",
      },
    );
  }
}

/** A cut that an owner before left half written is finished first, without the people: then no owner writes it as it was. */
async function eraseFromArchive(
  { redis }: EraseContext,
  lease: Lease,
  people: string[],
  archive: Archive,
): Promise<{ archived: number; unreachable: string[] } | undefined> {
  await archiveDue({ redis, archive, lease, dueBeforeMs: 0 });
  const result = await archive.rewrite(lease.connectionId, people, () => false, { mayWrite: lease.isHeld });
  if (result.outcome === "refused") return undefined;
  const unreachable = archive.where.startsWith("s3:")
    ? ["Earlier versions of the archive's files, if the bucket keeps versions"]
    : [];
  if (result.damaged.length > 0) {
    unreachable.push(`${result.damaged.length} damaged segments of the archive, which cannot be read`);
  }
  return { archived: result.removedLines, unreachable };
}

function createRedaction(
  connectionId: string,
  tasks: Task[],
  mayGoOn: () => boolean,
): Redaction & { concerns(person: string): boolean } {
  const everybody = new Map<string, Set<string>>();
  for (const { erasure, people } of tasks) {
    for (const key of people) everybody.set(key, (everybody.get(key) ?? new Set()).add(erasure.id));
  }
  const erasuresOf = (keys: string[]) => new Set(keys.flatMap((key) => [...(everybody.get(key) ?? [])]));
  const concerned = new WeakMap<object, Set<string>>();
  return {
    mayGoOn,
    concerns: (person) => everybody.has(normalizePerson(person)),
    mayConcern: createNameFilter([...everybody.keys()]),
    redact(entry, operations) {
      const { message } = entry;
      const keys = peopleOf({ message, operations } as Parameters<typeof peopleOf>[0]);
      const ids = erasuresOf(keys);
      if (ids.size === 0) return undefined;
      concerned.set(entry, ids);
      return redactEntry(entry, keys);
    },
    count(entries, state) {
      const amounts = new Map<string, number>();
      for (const entry of entries) {
        for (const id of concerned.get(entry) ?? []) amounts.set(id, (amounts.get(id) ?? 0) + 1);
      }
      return [...amounts].map(([id, by]) => [erasureKey(connectionId, id), state, by]);
    },
  };
}

async function waitForIntakes(redis: RedisClient, version: number): Promise<void> {
  const endsAt = performance.now() + intakesMs;
  while (performance.now() < endsAt) {
    const { outstanding } = await readConfirmations(redis, version);
    if (!outstanding.some(({ isAlive, canPurge }) => isAlive && canPurge)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function send({ redis, store }: EraseContext, owned: Owned, task: Task): Promise<void> {
  const { erasure, part, people } = task;
  if (part.sweptAtMs === undefined || part.sentAtMs !== undefined || !owned.lease.isHeld()) return;
  const target = { lease: owned.lease, id: erasure.id };
  const about = problemField("customerio");
  const action = erasure.suppress ? "suppress" : "delete";
  const { problem, unreachable } = await sendLast({ redis, store, ...owned, people, action });
  if (problem !== undefined) {
    part.problems.customerio = problem;
    await writePart(redis, target, { [about]: problem });
    return;
  }
  if (unreachable !== undefined) part.unreachable.push(unreachable);
  part.sentAtMs = Date.now();
  await writePart(redis, target, {
    sentAtMs: part.sentAtMs,
    unreachable: JSON.stringify(part.unreachable),
    [about]: "",
  });
}

/** An intake that was late may have added messages after Redis was searched: then it is searched once more. */
async function watchIntakes({ redis }: EraseContext, { lease }: Owned, task: Task): Promise<void> {
  const { erasure, part } = task;
  if (part.sweptAtMs === undefined) return;
  const target = { lease, id: erasure.id };
  const { outstanding } = await readConfirmations(redis, part.version ?? 0);
  const isLate = outstanding.length > 0;
  const wasLate = part.problems.intakes !== undefined;
  if (isLate) {
    part.problems.intakes = outstanding.map(({ intake, why }) => `${intake} ${why}`).join("; ");
    await writePart(redis, target, { [problemField("intakes")]: part.problems.intakes });
  } else if (wasLate) {
    delete part.problems.intakes;
    delete part.sweptAtMs;
    delete part.archivedAtMs;
    await writePart(redis, target, { [problemField("intakes")]: "", sweptAtMs: "", archivedAtMs: "" });
  }
}

/** Redis's files have what was removed until they are written anew. */
async function compact({ redis }: EraseContext, { lease }: Owned, all: Task[]): Promise<void> {
  const tasks = all.filter(
    ({ part }) =>
      part.sweptAtMs !== undefined && part.archivedAtMs !== undefined && part.compactedAtMs === undefined,
  );
  if (tasks.length === 0 || !lease.isHeld()) return;
  const failures = await compactRedis(redis);
  for (const { erasure, part } of tasks) {
    part.compactedAtMs = Date.now();
    for (const failure of failures) if (!part.unreachable.includes(failure)) part.unreachable.push(failure);
    await writePart(
      redis,
      { lease, id: erasure.id },
      {
        compactedAtMs: part.compactedAtMs,
        unreachable: JSON.stringify(part.unreachable),
      },
    );
  }
}

async function finish({ redis }: EraseContext, { lease }: Owned, { erasure, part }: Task): Promise<void> {
  const { sweptAtMs, archivedAtMs, sentAtMs, compactedAtMs, problems } = part;
  const times = [sweptAtMs, archivedAtMs, sentAtMs, compactedAtMs];
  if (times.includes(undefined) || problems.intakes !== undefined) return;
  await writePart(redis, { lease, id: erasure.id }, { doneAtMs: Date.now(), sealed: "" });
}

import { type Archive, ArchiveError } from "@customerio-router/archive";
import { FencedError, type Lease } from "@customerio-router/queue";
import { type RedisClient, withTimeout } from "@customerio-router/redis";
import { startRepeating } from "@customerio-router/service";
import { archiveDue } from "./archive-cut.ts";
import { seesArchive } from "./archive-mark.ts";
import { startArchiveUpkeep } from "./archive-upkeep.ts";

const everyMs = 1_000;
/** An idle connection is asked less often: a thousand of them would be most of what an idle worker does. */
const idleMs = 30_000;
/** A mark that is seen is confirmed this often; one that is not is looked for more often. */
const confirmMs = 60_000;
const lookMs = 5_000;
/** Connections archived at once: a slow store must not keep the others waiting for ever, nor take all memory. */
const atOnce = 2;
/** How long a stopping worker archives a connection; what is left stays in Redis. */
const finishMs = 5_000;

export type Archiving = AsyncDisposable & {
  /** False while records stay in Redis: it is off, away, or another archive than the installation's. */
  readonly isOn: boolean;
  /** Messages of this connection have their outcomes. */
  notify(connectionId: string): void;
  /** What an operator should know. */
  warnings(): string[];
  /** Resolves once nothing of this connection is being archived. */
  idle(connectionId: string): Promise<void>;
  /** Archives what is left of a connection, before its lease is released. */
  finish(lease: Lease): Promise<void>;
};

/** Archives the settled messages of the connections that this process owns. Delivery never waits for it. */
export function startArchiving(options: {
  redis: RedisClient;
  archive: Archive | undefined;
  leases: () => Lease[];
  /** A message is archived at the latest this long after its outcome. */
  cutMs: number;
  bounds: { days: number; bytes: number };
  onArchived: (connectionId: string, messages: number) => void;
  onError: (error: unknown, connectionId?: string) => void;
}): Archiving {
  const { redis, archive, cutMs, onError } = options;
  const archiving = new Map<string, Promise<void>>();
  const askedAtMs = new Map<string, number>();
  let seen = false;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  /** Why it is not seen, and why the last attempt to archive failed. */
  let unseen: string | undefined;
  let failed: string | undefined;

  /** Looks now and then. */
  async function look(): Promise<void> {
    if (archive === undefined || performance.now() - lookedAtMs < (seen ? confirmMs : lookMs)) return;
    looking ??= lookNow(archive).finally(() => {
      looking = undefined;
    });
    await looking;
  }

  async function lookNow(archive: Archive): Promise<void> {
    try {
      const wasSeen = seen;
      seen = await seesArchive(redis, archive);
      if (!wasSeen) failed = undefined;
      unseen = seen
        ? undefined
        : `This worker does not see the archive that another worker writes, but ${archive.where}: its records stay in Redis. Share one folder between all workers and dashboards, or set ARCHIVE_URL to a bucket`;
      lookedAtMs = performance.now();
    } catch (error) {
      report(error);
    }
  }

  function report(error: unknown, connectionId?: string): void {
    if (error instanceof FencedError) return;
    if (error instanceof ArchiveError) {
      const sentence = `Messages are not archived: ${error.message}`;
      // Told once, not with each attempt.
      if (failed === sentence) return;
      failed = sentence;
    }
    onError(error, connectionId);
  }

  async function archiveOne(lease: Lease, dueBeforeMs: number): Promise<void> {
    if (archive === undefined) return;
    try {
      const messages = await archiveDue({ redis, archive, lease, dueBeforeMs });
      failed = undefined;
      if (messages > 0) options.onArchived(lease.connectionId, messages);
    } catch (error) {
      // The leases report a lost lease; the next owner archives the same.
      if (lease.isHeld()) report(error, lease.connectionId);
    }
  }

  async function begin(lease: Lease, dueBeforeMs: number): Promise<void> {
    const { connectionId } = lease;
    const ending = archiveOne(lease, dueBeforeMs).finally(() => archiving.delete(connectionId));
    archiving.set(connectionId, ending);
    await ending;
  }

  async function round(): Promise<void> {
    await look();
    if (!seen) return;
    for (const lease of options.leases()) {
      const { connectionId } = lease;
      const now = performance.now();
      if (now - (askedAtMs.get(connectionId) ?? Number.NEGATIVE_INFINITY) < Math.min(idleMs, cutMs)) continue;
      if (archiving.size >= atOnce) await Promise.race(archiving.values());
      if (!lease.isHeld() || archiving.has(connectionId)) continue;
      askedAtMs.set(connectionId, now);
      void begin(lease, Date.now() - cutMs);
    }
  }

  const opened = new AsyncDisposableStack();
  if (archive !== undefined) {
    opened.use(startRepeating(everyMs, () => round().catch(report)));
    opened.use(
      startArchiveUpkeep({
        redis,
        archive,
        bounds: options.bounds,
        leases: options.leases,
        isOn: () => seen,
        onError: report,
      }),
    );
  }

  return {
    get isOn() {
      return seen;
    },
    notify: (connectionId) => void askedAtMs.delete(connectionId),
    warnings: () => [unseen, failed].filter((warning) => warning !== undefined),
    async idle(connectionId) {
      while (archiving.has(connectionId)) await archiving.get(connectionId);
    },
    async finish(lease) {
      const work = async () => {
        await look();
        if (!seen) return;
        await archiving.get(lease.connectionId);
        await begin(lease, Number.MAX_SAFE_INTEGER);
      };
      await withTimeout(finishMs, work).catch((error) => report(error, lease.connectionId));
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

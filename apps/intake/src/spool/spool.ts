import type { WriteKeyHashes } from "@customerio-router/connections";
import type { NewJob } from "@customerio-router/queue";
import { openSpoolThread } from "./open-spool-thread.ts";
import type { SpoolRow, StoredRow } from "./spool-row.ts";
import { createSpoolStock, type SpoolStock } from "./spool-stock.ts";
import { createSpoolWriter } from "./spool-writer.ts";

/** The spool has its bound; or it is switched off. */
export class SpoolFullError extends Error {
  override name = "SpoolFullError";
}

/** Jobs are read in parts of this size. */
const readBytes = 1_000_000;

/** So often it looks for what an intake that is gone for good has left in the same folder. */
const adoptMs = 10_000;

export type SpooledJob = NewJob & Pick<StoredRow, "position" | "bytes">;

/** Where an intake keeps jobs, on disk, while Redis cannot take them. */
export type Spool = AsyncDisposable & {
  /** What it holds, together with what is on its way to disk. */
  readonly stock: Pick<SpoolStock, "connections" | "holds" | "total" | "bytes">;
  readonly maxBytes: number;
  /**
   * Resolves once the jobs are on disk, behind those of the connection that came before.
   * @throws SpoolFullError, or what the disk has against it
   */
  append(connectionId: string, jobs: NewJob[]): Promise<void>;
  /** The oldest jobs of a connection, a megabyte of them. */
  read(connectionId: string): Promise<SpooledJob[]>;
  /** Resolves once these jobs, which `read` gave, are gone. */
  remove(connectionId: string, jobs: SpooledJob[]): Promise<void>;
  /** What write keys were known last. */
  readWriteKeys(): Promise<WriteKeyHashes>;
  keepWriteKeys(writeKeys: WriteKeyHashes): void;
};

/**
 * Opens the spool in a folder, which intakes may share: each has a file of its own.
 * @throws when the folder cannot be written
 */
export async function openSpool(options: {
  folder: string;
  maxBytes: number;
  /** Hears of what the disk has against it: jobs or write keys that cannot be kept, files that cannot be taken over. */
  onTrouble: (error: unknown) => void;
}): Promise<Spool> {
  const { folder, maxBytes, onTrouble } = options;
  const ask = await openSpoolThread(folder);
  const write = createSpoolWriter(ask);
  const stock = createSpoolStock(await ask("standings"));

  async function adopt(): Promise<void> {
    const adopted = await ask("adoptOrphans").catch(onTrouble);
    for (const standing of adopted ?? []) stock.add(standing);
  }
  await adopt();
  const adopting = setInterval(adopt, adoptMs);
  let closed: Promise<void> | undefined;

  return {
    stock,
    maxBytes,

    async append(connectionId, jobs) {
      const rows = jobs.map((job) => toRow(connectionId, job));
      const { messages, bytes, oldestAtMs } = sumOf(rows);
      if (stock.bytes + bytes > maxBytes) throw new SpoolFullError("The spool is full");
      stock.add({ connectionId, messages, bytes, oldestAtMs });
      try {
        await write({ rows });
      } catch (error) {
        stock.subtract({ connectionId, messages, bytes });
        onTrouble(error);
        throw error;
      }
    },

    async read(connectionId) {
      const rows = await ask("read", { connectionId, mostBytes: readBytes });
      return rows.map(toJob);
    },

    async remove(connectionId, jobs) {
      const last = jobs.at(-1);
      if (!last) return;
      await write({ removals: [{ connectionId, position: last.position }] });
      const messages = jobs.reduce((sum, { digests }) => sum + digests.length, 0);
      const bytes = jobs.reduce((sum, job) => sum + job.bytes, 0);
      stock.subtract({ connectionId, messages, bytes, oldestAtMs: last.madeAtMs });
    },

    readWriteKeys: () => ask("writeKeys"),
    keepWriteKeys: (writeKeys) => void ask("keepWriteKeys", writeKeys).catch(onTrouble),

    async [Symbol.asyncDispose]() {
      clearInterval(adopting);
      closed ??= ask("close");
      await closed;
    },
  };
}

function toRow(connectionId: string, { id, name, data, digests, madeAtMs }: NewJob): SpoolRow {
  const digestsText = JSON.stringify(digests);
  return {
    connectionId,
    jobId: id,
    name,
    data,
    digests: digestsText,
    messages: digests.length,
    bytes: Buffer.byteLength(data) + digestsText.length,
    madeAtMs,
  };
}

function toJob({ jobId, name, data, digests, madeAtMs, position, bytes }: StoredRow): SpooledJob {
  return {
    id: jobId,
    name,
    data,
    digests: JSON.parse(digests) as NewJob["digests"],
    madeAtMs,
    position,
    bytes,
  };
}

function sumOf(rows: SpoolRow[]): { messages: number; bytes: number; oldestAtMs: number } {
  return {
    messages: rows.reduce((sum, { messages }) => sum + messages, 0),
    bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
    oldestAtMs: Math.min(...rows.map(({ madeAtMs }) => madeAtMs)),
  };
}

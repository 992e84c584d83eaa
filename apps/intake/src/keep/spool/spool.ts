import { randomBytes } from "node:crypto";
import type { KnownSources } from "@customerio-router/connections";
import type { Entry } from "@customerio-router/messages";
import { contentOfText, type NewJob } from "@customerio-router/queue";
import { startAdopting } from "./adopting.ts";
import { nameNote } from "./files/spool-folder.ts";
import { totalsOf } from "./files/sum-rows.ts";
import { type AskSpool, openSpoolThread } from "./open-spool-thread.ts";
import { passData } from "./pass-data.ts";
import type { SpoolRow, StoredRow } from "./spool-row.ts";
import { createSpoolStock, type SpoolStock } from "./spool-stock.ts";
import { createSpoolWriter } from "./spool-writer.ts";

/** The spool has its bound; or it is switched off. */
export class SpoolFullError extends Error {
  override name = "SpoolFullError";
}

/** Jobs are read in parts of this size. */
const readBytes = 1_000_000;

export type SpooledJob = NewJob & Pick<StoredRow, "position" | "bytes">;

/** Where an intake keeps jobs, on disk, while Redis cannot take them. */
export type Spool = AsyncDisposable & {
  /** Its contents, including writes under way. */
  readonly stock: Pick<SpoolStock, "connections" | "holds" | "totals" | "total" | "bytes" | "bytesOf">;
  readonly maxBytes: number;
  /** Why nothing can be kept on disk at the moment, such as "the disk is full"; undefined when it can. */
  readonly diskFailure: string | undefined;
  /** Problems of the folder's files, as sentences for an operator. */
  readonly problems: string[];
  /**
   * Resolves once the jobs are on disk, behind those of the connection that came before.
   * @throws SpoolFullError, or what the disk has against it
   */
  append(connectionId: string, jobs: NewJob[]): Promise<void>;
  /** The oldest jobs of a connection, a megabyte of them. */
  read(connectionId: string): Promise<SpooledJob[]>;
  /** These jobs, which `read` gave, are in Redis, or dropped: they are not read again, even if the disk cannot remove them. */
  remove(connectionId: string, jobs: SpooledJob[]): Promise<void>;
  /**
   * Gives a connection's messages to another one. Returns the number of messages, 0 while the disk fails. Do not call
   * while jobs from `read` are being added.
   */
  assign(connectionId: string, to: string): Promise<number>;
  /** Deletes what it holds of a connection and was made up to a time, Unix milliseconds; says how many messages. */
  drop(connectionId: string, untilMs: number): Promise<number>;
  /** By this name Redis knows it, also after a restart. */
  readonly name: string;
  /** How many rows it has adopted. */
  readonly adopted: number;
  /** The names of spools of its folder that it has emptied, since this was asked last. */
  takeEmptied(): string[];
  /** Keeps of each message what `pass` gives, and leaves nothing else of it on disk. */
  purge(pass: (connectionId: string, entry: Entry) => Entry): Promise<void>;
  /** What was kept under this name. */
  readNote(name: string): Promise<string | undefined>;
  keepNote(name: string, text: string): void;
  /** The write keys that were known last, and where they lead to. */
  readSources(): Promise<KnownSources>;
  keepSources(sources: KnownSources): void;
};

/**
 * Opens the spool in a folder, which intakes may share: each has a file of its own.
 * @throws when the folder cannot be written
 */
export async function openSpool(options: {
  folder: string;
  maxBytes: number;
  /** Called with errors of the disk: jobs or write keys that cannot be kept, files that cannot be adopted. */
  onError: (error: unknown) => void;
  /** Hears once of each file of the folder that is set aside, or cannot be opened. */
  onProblem: (problem: string) => void;
}): Promise<Spool> {
  const { folder, maxBytes, onError, onProblem } = options;
  const ask = await openSpoolThread(folder);
  const writer = createSpoolWriter(ask, onError);
  const stock = createSpoolStock(await ask("totals"));
  const name = (await ask("note", nameNote)) ?? (await giveName(ask));
  let adopted = 0;
  const emptied: string[] = [];
  const adopting = await startAdopting({
    ask,
    onAdopted(totals) {
      adopted += totals.messages;
      stock.add(totals);
    },
    onEmptied: (other) => void emptied.push(other),
    onProblem,
    onError,
  });

  async function close(): Promise<void> {
    await adopting[Symbol.asyncDispose]();
    await writer.close();
    await ask("close");
  }
  let closed: Promise<void> | undefined;

  return {
    stock,
    maxBytes,
    get diskFailure() {
      return writer.failure;
    },
    get problems() {
      return adopting.problems;
    },

    async append(connectionId, jobs) {
      const rows = jobs.map((job) => toRow(connectionId, job));
      const [totals] = totalsOf(rows);
      if (!totals) return;
      if (stock.bytes + totals.bytes > maxBytes) throw new SpoolFullError("The spool is full");
      stock.add(totals);
      try {
        await writer.write(rows);
      } catch (error) {
        const { messages, bytes } = totals;
        stock.subtract({ connectionId, messages, bytes });
        throw error;
      }
    },

    async read(connectionId) {
      const rows = await ask("read", {
        connectionId,
        after: writer.movedUpTo(connectionId),
        maxBytes: readBytes,
      });
      return rows.map(toJob);
    },

    async remove(connectionId, jobs) {
      const last = jobs.at(-1);
      if (!last) return;
      await writer.remove(connectionId, last.position);
      const messages = jobs.reduce((sum, { digests }) => sum + digests.length, 0);
      const bytes = jobs.reduce((sum, job) => sum + job.bytes, 0);
      stock.subtract({ connectionId, messages, bytes, oldestAtMs: last.madeAtMs });
    },

    async assign(connectionId, to) {
      // Rows of `to` that the disk failed to remove would take older ones along with them.
      if (writer.movedUpTo(to) > 0) return 0;
      const range = { connectionId, after: writer.movedUpTo(connectionId), untilMs: Number.MAX_SAFE_INTEGER };
      const { messages, bytes, oldestAtMs } = await ask("assign", range, to);
      if (messages === 0) return 0;
      stock.subtract({ connectionId, messages, bytes });
      stock.add({ connectionId: to, messages, bytes, oldestAtMs });
      return messages;
    },

    async drop(connectionId, untilMs) {
      const range = { connectionId, after: writer.movedUpTo(connectionId), untilMs };
      const { messages, bytes } = await ask("drop", range);
      if (messages > 0) stock.subtract({ connectionId, messages, bytes });
      return messages;
    },

    name,
    get adopted() {
      return adopted;
    },
    takeEmptied: () => emptied.splice(0),

    async purge(pass) {
      for (let after = 0; ; ) {
        const rows = await ask("read", { after, maxBytes: readBytes });
        const last = rows.at(-1);
        if (last === undefined) break;
        const changed = rows.flatMap((row) => {
          const data = passData(row.data, (entry) => pass(row.connectionId, entry));
          return data === row.data ? [] : [{ position: row.position, data }];
        });
        if (changed.length > 0) await ask("replaceData", changed);
        after = last.position;
      }
      await ask("compact");
    },

    readNote: (note) => ask("note", note),
    keepNote: (note, text) => void ask("keepNote", note, text).catch(onError),

    readSources: () => ask("knownSources"),
    keepSources: (sources) => void ask("keepSources", sources).catch(onError),

    async [Symbol.asyncDispose]() {
      closed ??= close();
      await closed;
    },
  };
}

async function giveName(ask: AskSpool): Promise<string> {
  const name = `spool-${randomBytes(6).toString("hex")}`;
  await ask("keepNote", nameNote, name);
  return name;
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

function toJob({ jobId, name, data, digests, messages, madeAtMs, position, bytes }: StoredRow): SpooledJob {
  return {
    id: jobId,
    name,
    data,
    content: contentOfText(data, madeAtMs),
    digests: readDigests(digests, messages),
    madeAtMs,
    position,
    bytes,
  };
}

/** Digests that cannot be read count as messages without an id: rather twice than never. */
function readDigests(text: string, messages: number): NewJob["digests"] {
  try {
    return JSON.parse(text) as NewJob["digests"];
  } catch {
    return Array.from({ length: messages }, () => null);
  }
}

import { openArchive, type S3Options } from "@customerio-router/archive";
import {
  type ConnectionInput,
  type Receipt,
  readErasure,
  readReceipt,
  requestErasure,
} from "@customerio-router/connections";
import { findInFiles, findInRedis, startRedis, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { mastersOf } from "@customerio-router/redis";
import { readLedger } from "@customerio-router/reports";
import { disposed, openSettingOn, secretKey } from "./setting.ts";

/** What must be nowhere afterwards. */
export const person = {
  id: "ada-lovelace-1815",
  email: "ada@analytical.example",
  trait: "Countess of Lovelace",
};
const texts = Object.values(person);

export const identify = (messageId: string) => ({
  message: {
    type: "identify",
    messageId,
    userId: person.id,
    traits: { email: person.email, title: person.trait },
  },
});
export const track = (messageId: string, userId: string, more: object = {}) => ({
  message: {
    type: "track",
    messageId,
    userId,
    event: "Ordered",
    properties: { note: `note of ${userId}` },
    ...more,
  },
});
/**
 * A worker's setting with an archive. By default on a Redis of its own, with the archive in a folder; `files` are the folders
 * besides Redis's in which nothing of the person may stay.
 */
export async function openErasing(
  options: {
    settings?: ConnectionInput["settings"];
    redisUrl?: string;
    s3?: { options: S3Options; files: string };
  } = {},
) {
  const redisUrl = options.redisUrl ?? disposed(await startRedis()).url;
  const setting = await openSettingOn(redisUrl, options.settings);
  const { client, store, connection, log } = setting;
  const folder = disposed(await temporaryFolder());
  const files = options.s3?.files ?? folder.path;
  const archive = await openArchive({
    ...(options.s3
      ? { url: "s3://archive/prefix", s3: options.s3.options }
      : { url: "file:", dataDir: files }),
    onWarning: () => {},
  });
  if (!archive) throw new Error("it is off");
  disposed(archive);

  const read = async (id: string): Promise<Receipt> => {
    const erasure = await readErasure(client, id);
    if (!erasure) throw new Error("there is no such erasure");
    return await readReceipt({ redis: client, store }, erasure);
  };
  return {
    ...setting,
    archive,
    read,
    async erase(more: { suppress?: boolean; person?: string } = {}): Promise<string> {
      const { id } = await requestErasure({
        redis: client,
        secretKey,
        person: person.id,
        connection: connection.id,
        existing: [connection.id],
        suppress: false,
        ...more,
      });
      return id;
    },
    async untilDone(id: string): Promise<Receipt> {
      let receipt = await read(id);
      const isDone = async () => {
        receipt = await read(id);
        return receipt.state === "done";
      };
      await waitFor(isDone, { what: () => JSON.stringify(receipt), timeoutMs: 30_000 });
      return receipt;
    },
    /** Where the person still is. */
    async findPerson(): Promise<string[]> {
      const places = await findInFiles(files, texts);
      for (const server of mastersOf(client)) {
        const [, redisFolder = ""] = (await server.config("GET", "dir")) as string[];
        const slow = JSON.stringify(await server.slowlog("GET", 1_000));
        places.push(...(await findInRedis(server, texts)), ...(await findInFiles(redisFolder, texts)));
        places.push(...texts.filter((text) => slow.includes(text)).map((text) => `slow log: ${text}`));
      }
      return [...places, ...log.filter((line) => texts.some((text) => line.includes(text)))];
    },
    async lines(): Promise<{ messageId: string; message: unknown }[]> {
      const lines = [];
      for await (const { line } of archive.readAll(connection.id)) lines.push(line);
      return lines;
    },
    async account() {
      return (await readLedger(client, connection.id, { by: "day" })).total;
    },
  };
}

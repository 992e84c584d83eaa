import { temporaryFolder } from "@customerio-router/fixtures";
import { type Archive, type ArchivedMessage, openArchive } from "../src/index.ts";
import { connectionId } from "./lines.ts";

export type TestArchive = AsyncDisposable & {
  archive: Archive;
  /** Another opening of the same folder, as another process has it: nothing of it is in memory. */
  reopen(): Promise<Archive>;
  folder: string;
  warnings: string[];
};

/** An archive in a folder of its own. */
export async function openTestArchive(): Promise<TestArchive> {
  const { path: folder, [Symbol.asyncDispose]: remove } = await temporaryFolder();
  const warnings: string[] = [];
  const reopen = () => openFolder(folder, (warning) => warnings.push(warning));
  return { archive: await reopen(), reopen, folder, warnings, [Symbol.asyncDispose]: remove };
}

export async function openFolder(
  folder: string,
  onWarning: (message: string) => void = () => {},
): Promise<Archive> {
  return (await openArchive({ url: `file:${folder}`, onWarning })) as Archive;
}

export async function readIds(archive: Archive): Promise<string[]> {
  const lines = await readLines(archive);
  return lines.map(({ messageId }) => messageId);
}

export async function readLines(archive: Archive): Promise<ArchivedMessage[]> {
  const lines: ArchivedMessage[] = [];
  for await (const { line } of archive.readAll(connectionId)) lines.push(line);
  return lines;
}

import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { connectionId, linesOf, owner } from "./lines.ts";
import { openTestArchive, readIds, type TestArchive } from "./open-test-archive.ts";

const cuts = [1, 101, 201].map((first) => ({ first, last: first + 99 }));
const ids = cuts.flatMap((cut) => linesOf(cut).flat()).map(({ head }) => head.messageId);

/** Three segments; gives the path of the middle one. */
async function writeThree({ archive, folder }: TestArchive): Promise<string> {
  const paths: string[] = [];
  for (const cut of cuts) {
    const { segments } = await archive.writeCut(connectionId, cut, linesOf(cut), owner);
    paths.push(...segments.map(({ path }) => join(folder, path)));
  }
  return paths[1] as string;
}

const damages: Record<string, (bytes: Buffer) => Buffer> = {
  "that is missing": () => Buffer.alloc(0),
  "that ends early": (bytes) => bytes.subarray(0, bytes.length >> 1),
  "with a changed byte": (bytes) => {
    const changed = Buffer.from(bytes);
    changed[bytes.length >> 1] = (changed[bytes.length >> 1] ?? 0) ^ 1;
    return changed;
  },
  "of another version": (bytes) => Buffer.concat([Buffer.from([99]), bytes.subarray(1)]),
};

test.each(Object.keys(damages))(
  "an index %s is rebuilt from its segment, and stored by the sweep",
  async (name) => {
    await using opened = await openTestArchive();
    const index = `${await writeThree(opened)}.index`;
    const bytes = await readFile(index);
    const damaged = damages[name]?.(bytes) ?? bytes;
    await (damaged.length === 0 ? rm(index) : writeFile(index, damaged));
    const archive = await opened.reopen();
    expect(await readIds(archive)).toEqual(ids);
    expect((await archive.findMessage(connectionId, "message-150")).lines).toHaveLength(1);
    expect((await archive.list())[0]).toMatchObject({ lines: 300 });
    expect(await archive.sweep(connectionId, owner)).toMatchObject({ storedIndexes: 1 });
    expect(await readFile(index)).toEqual(bytes);
    expect(opened.warnings).toEqual([]);
  },
);

const brokenSegments: Record<string, (bytes: Buffer) => Buffer> = {
  "ends early": (bytes) => bytes.subarray(0, bytes.length - 10),
  "has a changed byte": (bytes) => {
    const changed = Buffer.from(bytes);
    changed[bytes.length >> 1] = (changed[bytes.length >> 1] ?? 0) ^ 1;
    return changed;
  },
  "is something else": () => Buffer.from("not a segment"),
  "has other lines": () => zstdCompressSync('{"messageId":"x"}\n[]\nnull\n"text"\n'),
  "is empty": () => Buffer.alloc(0),
};

test.each(Object.keys(brokenSegments))(
  "a segment that %s is named, and costs only its own lines",
  async (name) => {
    await using opened = await openTestArchive();
    const path = await writeThree(opened);
    await writeFile(path, brokenSegments[name]?.(await readFile(path)) as Buffer);
    const archive = await opened.reopen();
    const others = ids.filter((_, index) => index < 100 || index >= 200);
    expect((await readIds(archive)).filter((id) => id !== "x")).toEqual(others);
    const page = await archive.search(connectionId, {}, { limit: 1000, budgetMs: 20_000 });
    expect(page.lines.map(({ messageId }) => messageId).filter((id) => id !== "x")).toEqual(
      others.toReversed(),
    );
    expect(page.damaged).toEqual([path.slice(opened.folder.length + 1)]);
    expect(opened.warnings).toEqual([
      expect.stringMatching(
        /^The segment connection=.*0101-0000000000000200\.ndjson\.zst is damaged \(.*Restore the file/,
      ),
    ]);
    expect((await archive.list())[0]).toMatchObject({ segments: 3 });
    expect(await archive.merge(connectionId, owner)).toMatchObject({ merged: 0 });
    const erased = await archive.rewrite(connectionId, ["id:user-3"], () => false, owner);
    expect(erased).toMatchObject({ rewrittenSegments: 2, removedLines: 20, damaged: page.damaged });
  },
);

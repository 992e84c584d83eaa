import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { temporaryFolder } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { type Line, readLines } from "../src/import/read-lines.ts";

const texts = Array.from({ length: 1_000 }, (_, index) => `line ${index} with ö`);
const plain = Buffer.from(texts.join("\n"));

async function linesOf(file: string): Promise<Line[]> {
  const read: Line[] = [];
  for await (const line of readLines(file).lines) read.push(line);
  return read;
}

test.each([
  ["plain", plain],
  ["gzip", gzipSync(plain)],
  ["zstd", zstdCompressSync(plain)],
])(
  "F312 a %s file is read by its content, and its share is that of the lines that were taken",
  async (name, content) => {
    await using folder = await temporaryFolder();
    // Each name says what another content is.
    const file = join(folder.path, name === "gzip" ? "a.ndjson" : "a.gz");
    writeFileSync(file, content);
    const { lines, shareOf } = readLines(file);
    const read: string[] = [];
    const shares: number[] = [];
    for await (const { text, bytes } of lines) {
      read.push(text);
      shares.push(shareOf(bytes, content.length));
    }
    expect(read).toEqual(texts);
    expect(shares[499]).toBeCloseTo(0.5, 1);
    expect(shares[999]).toBe(1);
  },
);

test("F314 a line that is no UTF-8 is told from the others, and a byte order mark is no part of the first", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "mixed");
  // The last line is longer than a chunk, whose end divides a character.
  const long = "ö".repeat(300_000);
  writeFileSync(
    file,
    Buffer.concat([Buffer.from("\ufeffa\n"), Buffer.from("M\xfc\n", "latin1"), Buffer.from(long)]),
  );
  const read = await linesOf(file);
  expect(read.map(({ text, isUtf8 }) => [text, isUtf8])).toEqual([
    ["a", true],
    ["M\ufffd", false],
    [long, true],
  ]);
});

test.each([
  ["UTF-16", Buffer.from("\ufeff{}", "utf16le"), "it is UTF-16: convert it to UTF-8 first"],
  ["zip", Buffer.from("PK\x03\x04..."), "it is packed by zip: unpack it first"],
  ["bzip2", Buffer.from("BZh91AY"), "it is packed by bzip2: unpack it first"],
])("F314 a file as %s is refused as a whole, with what to do", async (_name, content, advice) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "other");
  writeFileSync(file, content);
  await expect(linesOf(file)).rejects.toThrow(`the file cannot be read: ${advice}`);
});

test.each([
  ["", []],
  ["a", ["a"]],
  ["a\n", ["a"]],
])("%j has its lines", async (content, expected) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "short");
  writeFileSync(file, content);
  expect((await linesOf(file)).map(({ text }) => text)).toEqual(expected);
});

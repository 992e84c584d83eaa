import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { temporaryFolder } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { readLines } from "../src/import/read-lines.ts";

const texts = Array.from({ length: 1_000 }, (_, index) => `line ${index} with ö`);
const plain = Buffer.from(texts.join("\n"));

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

test.each([
  ["", []],
  ["a", ["a"]],
  ["a\n", ["a"]],
])("%j has its lines", async (content, expected) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "short");
  writeFileSync(file, content);
  const read: string[] = [];
  for await (const { text } of readLines(file).lines) read.push(text);
  expect(read).toEqual(expected);
});

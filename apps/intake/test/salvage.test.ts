import { expect, test } from "vitest";
import { salvage } from "../src/receive/salvage/salvage.ts";
import { SalvagedBatch, Unsaved } from "../src/receive/salvage/salvaged-batch.ts";

const message = '{"type":"track","userId":"u1","event":"E","properties":{"a":"\\"}","b":[1,{"c":2}]}}';

const members = `{${Array.from({ length: 200 }, (_, index) => `"m${index}":NaN`)}}`;

/** How many characters the parser was given. */
function parsedOf(body: string): number {
  let characters = 0;
  salvage(body, (text) => {
    characters += text.length;
    return JSON.parse(text);
  });
  return characters;
}

test.each([
  ["cut off", `{"batch":[${new Array(40_000).fill(message).join()}`],
  ["of open strings", `{"batch":[${'{"a":"'.repeat(600_000)}`],
  ["of open arrays", `{"batch":[${"[".repeat(4_000_000)}`],
  ["of envelopes", '{"batch":[{"batch":['.repeat(200_000)],
  ["of cut envelopes", '1{"batch":[{"a":"'.repeat(200_000)],
  ["of blanks", `{"batch":[${message}${" ".repeat(4_000_000)}x`],
  ["of numbers there are not", `{"batch":[${new Array(40).fill(`{"a":[${new Array(25_000).fill("NaN")}]}`)}`],
  ["of members that are no numbers", `{"batch":[${new Array(1_500).fill(members)}]}`],
  ["of names", `{"batch":[${message}],${'"batch":{"batch"'.repeat(200_000)}`],
])(
  "F141 a body of 4 MB %s costs the parser a few times its length at most, however hostile",
  (_case, body) => {
    expect(parsedOf(body)).toBeLessThanOrEqual(6 * body.length);
  },
);

test("F141 nothing that a random cut, padding or join does makes a message that was not sent", () => {
  const sent = Array.from({ length: 20 }, (_, index) => ({
    type: "track",
    userId: `user-${index}`,
    event: 'E "quoted" {"batch":[{"userId":"trap"}]} \\',
    properties: { nested: [{ batch: [{ userId: "trap", type: "identify" }] }, "],}"] },
  }));
  const known = new Set(sent.map((call) => JSON.stringify(call)));
  const whole = JSON.stringify({ batch: sent });
  let saved = 0;
  for (let start = 0; start < whole.length; start += 7) {
    const body = whole.slice(0, start) + whole.slice(0, whole.length - start);
    const found = salvage(body, JSON.parse);
    if (!(found instanceof SalvagedBatch)) continue;
    for (const item of found.batch) {
      if (item instanceof Unsaved) continue;
      saved += 1;
      expect(known).toContain(JSON.stringify(item));
    }
  }
  expect(saved).toBeGreaterThan(1_000);
});

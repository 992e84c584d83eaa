import fc from "fast-check";
import { expect, test } from "vitest";
import { isEmail } from "../src/index.ts";

test.each([
  "ann@example.com",
  "Ann.Lee+tag@mail.example.co.uk",
  "a@b.co",
  "o'brien@example.com",
  "björn@exämple.se",
  "用户@例子.公司",
  "user_1@my-host.example.com",
  "a..b@example.com",
  "!#$%&*/=?^`{|}~@example.com",
])("%s is an email address", (text) => {
  expect(isEmail(text)).toBe(true);
});

test.each([
  "",
  "ann",
  "@",
  "@example.com",
  "ann@",
  "ann@localhost",
  "ann@.com",
  "ann@example.",
  "ann@example..com",
  "ann@@example.com",
  "ann@exam@ple.com",
  "ann lee@example.com",
  "ann@exam ple.com",
  " ann@example.com",
  "ann@example.com ",
  "ann@example.com\n",
  "Ann <ann@example.com>",
  "mailto:ann@example.com",
  "ann@example.com,bob@example.com",
  "ann@example.com;bob@example.com",
  '"ann"@example.com',
  "ann@[127.0.0.1]",
  "ann@example.com/path",
  "ann@exa\ud83dmple.com",
])("%j is none", (text) => {
  expect(isEmail(text)).toBe(false);
});

test.each([undefined, null, 7, true, {}, ["ann@example.com"]])("%j is none", (value) => {
  expect(isEmail(value)).toBe(false);
});

test("every address that parsers of mail take and that has a dot in its domain is one", () => {
  fc.assert(
    fc.property(fc.emailAddress(), (address) => {
      expect(isEmail(address)).toBe(true);
    }),
  );
});

/** A test that backtracks takes longer than the universe is old for these; ours reads each character once. */
test("the longest near-addresses are read in one pass", () => {
  const near = fc
    .tuple(
      fc.constantFrom("", "a", "a.", ".", "a@", "@", "a@a.", "a@a-", "é", "\ud83d", "a@a_"),
      fc.integer({ min: 1, max: 100_000 }),
      fc.constantFrom("", "@", "@a", "@a.", "a.b@", " ", "\n", "@a.b", "!", ".@."),
    )
    .map(([unit, times, end]) => unit.repeat(times) + end);
  fc.assert(
    fc.property(near, (text) => {
      isEmail(text);
      isEmail(`a@${text}`);
      isEmail(`${text}@example.com!`);
    }),
    { numRuns: 200 },
  );
});

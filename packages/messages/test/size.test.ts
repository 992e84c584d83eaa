import fc from "fast-check";
import { expect, test } from "vitest";
import { exceedsJsonBytes, jsonBytes } from "../src/index.ts";
import { jsonBytesAtMost } from "../src/size.ts";

const anyText = fc
  .string({ unit: "binary" })
  .chain((text) => fc.constantFrom(text, `${text}\ud83d`, `\u0000${text}`));

test("the quick bound is never below the bytes of the JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue(), anyText, (value, text) => {
      const both = { [text]: [value, text] };
      expect(jsonBytesAtMost(both)).toBeGreaterThanOrEqual(jsonBytes(both));
    }),
  );
});

test("a value exceeds what its JSON has more bytes than", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const bytes = Buffer.byteLength(JSON.stringify(value));
      expect(exceedsJsonBytes(value, bytes)).toBe(false);
      expect(exceedsJsonBytes(value, bytes - 1)).toBe(true);
    }),
  );
});

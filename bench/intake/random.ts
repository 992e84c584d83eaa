/** Random things, the same for the same seed. */
export type Random = {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  chance(share: number): boolean;
  of<Item>(items: readonly Item[]): Item;
  list<Item>(most: number, make: () => Item): Item[];
  text(most: number): string;
  bytes(most: number): Buffer;
  json(depth: number): unknown;
};

const strange = [
  "\u0000",
  "\ud800",
  "\u202e",
  "😀",
  '"',
  "\\",
  "\r\n",
  "<script>",
  "__proto__",
  "1e999",
  "ü",
];

export function createRandom(seed: number): Random {
  let state = seed;
  /** Mulberry32. */
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const below = (limit: number) => Math.floor(next() * limit);
  const of = <Item>(items: readonly Item[]) => items[below(items.length)] as Item;
  const list = <Item>(most: number, make: () => Item) => Array.from({ length: below(most + 1) }, make);
  const text = (most: number) =>
    list(most, () => (next() < 0.2 ? of(strange) : String.fromCharCode(32 + below(95)))).join("");

  function json(depth: number): unknown {
    const kind = below(depth > 0 ? 8 : 6);
    if (kind === 0) return null;
    if (kind === 1) return next() < 0.5;
    if (kind === 2) return of([0, -1, 1.5, 1e300, 2 ** 53, 1_700_000_000]);
    if (kind < 6) return next() < 0.01 ? "x".repeat(below(200_000)) : text(30);
    if (kind === 6) return list(5, () => json(depth - 1));
    return Object.fromEntries(list(5, () => [text(10), json(depth - 1)]));
  }

  return {
    below,
    chance: (share) => next() < share,
    of,
    list,
    text,
    bytes: (most) => Buffer.from(list(most, () => below(256))),
    json,
  };
}

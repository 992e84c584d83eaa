/** The latest entries of something that goes on for ever, numbered from 1 in order of arrival. */
export type Log<Entry> = {
  /** Adds an entry, which costs the oldest its place when the log is full, and returns its number. */
  add(entry: Entry): number;
  /** How many entries it holds. */
  readonly size: number;
  /** The numbered entries after `after` in the given order, until `limit` of them satisfy `where`. */
  page(options: PageOptions<Entry>): Page<Entry>;
  clear(): void;
};

export type Order = "oldest" | "newest";

type PageOptions<Entry> = {
  order: Order;
  limit: number;
  /** The number of the entry that the page follows; without it, the page is the first. */
  after?: number | undefined;
  where?: (entry: Entry) => boolean;
};

/** `next` is what `after` must be for the following page; null when there is none. */
export type Page<Entry> = { entries: [number, Entry][]; next: number | null };

/** A log of at most `limit` entries; `onForget` hears of each that loses its place. */
export function createLog<Entry>(limit: number, onForget: (entry: Entry) => void = () => {}): Log<Entry> {
  let entries: Entry[] = [];
  let added = 0;

  return {
    get size() {
      return entries.length;
    },
    add(entry) {
      const place = added % limit;
      const forgotten = entries[place];
      entries[place] = entry;
      added += 1;
      if (forgotten !== undefined) onForget(forgotten);
      return added;
    },
    page({ order, limit: most, after, where = () => true }) {
      const oldest = added - entries.length + 1;
      const step = order === "oldest" ? 1 : -1;
      const start = order === "oldest" ? oldest : added;
      const from =
        after === undefined ? start : Math[order === "oldest" ? "max" : "min"](start, after + step);
      const found: [number, Entry][] = [];
      for (let number = from; number >= oldest && number <= added; number += step) {
        const entry = entries[(number - 1) % limit];
        if (entry === undefined || !where(entry)) continue;
        if (found.length === most) return { entries: found, next: found.at(-1)?.[0] ?? null };
        found.push([number, entry]);
      }
      return { entries: found, next: null };
    },
    clear() {
      entries = [];
      added = 0;
    },
  };
}

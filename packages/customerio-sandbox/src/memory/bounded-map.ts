/** A Map of at most `limit` entries, which forgets the one that came first to make room for another. */
export type BoundedMap<Key, Value> = {
  readonly size: number;
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
  delete(key: Key): void;
  values(): Iterable<Value>;
  clear(): void;
};

export function createBoundedMap<Key, Value>(
  limit: number,
  onForget: (value: Value) => void = () => {},
): BoundedMap<Key, Value> {
  const map = new Map<Key, Value>();
  // One iterator for good: a fresh one would walk over every entry already deleted, each time.
  let oldestFirst = map.entries();

  function forgetOldest(): void {
    let { value: oldest, done } = oldestFirst.next();
    if (done) {
      oldestFirst = map.entries();
      oldest = oldestFirst.next().value;
    }
    if (oldest === undefined) return;
    map.delete(oldest[0]);
    onForget(oldest[1]);
  }

  return {
    get size() {
      return map.size;
    },
    get: (key) => map.get(key),
    set(key, value) {
      if (map.size >= limit && !map.has(key)) forgetOldest();
      map.set(key, value);
    },
    delete: (key) => void map.delete(key),
    values: () => map.values(),
    clear: () => map.clear(),
  };
}

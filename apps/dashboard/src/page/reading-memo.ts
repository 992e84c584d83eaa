/** With more connections than this, reading their ledgers takes longer than a page may. */
const fewConnections = 50;
/** How old what is shown may be before it is read anew. */
const freshMs = 10_000;
/** What is older is read before it is shown. */
const keptMs = 60_000;
/** Readings that are kept: of different ranges. */
const maxReadings = 20;

/** Of which connections something is read, and what else decides what it is. */
type Wish = { connectionIds: string[] };

/** What was read, and when where it may be old. */
export type Reading<Value> = { value: Value; readAtMs?: number };

/**
 * Reads something of connections. Of many connections the last reading is shown at once, at most a minute old, and a new one
 * begun behind it where it is older than ten seconds. The page says when it was read. `isNow`: read it now.
 */
export function createReadingMemo<Asked extends Wish, Value>(read: (wish: Asked) => Promise<Value>) {
  type Known = { value: Promise<Value>; readAtMs: number; isRenewed?: boolean };
  const readings = new Map<string, Known>();

  function begin(name: string, wish: Asked): Known {
    const known: Known = { value: read(wish), readAtMs: Date.now() };
    known.value.then(
      () => keep(name, known),
      () => {
        if (readings.get(name) === known) readings.delete(name);
      },
    );
    return known;
  }

  function keep(name: string, known: Known): void {
    readings.delete(name);
    readings.set(name, known);
    for (const oldest of readings.keys()) if (readings.size > maxReadings) readings.delete(oldest);
  }

  return async (wish: Asked, { isNow = false } = {}): Promise<Reading<Value>> => {
    if (wish.connectionIds.length <= fewConnections) return { value: await read(wish) };
    const name = JSON.stringify(wish);
    let known = readings.get(name);
    const ageMs = Date.now() - (known?.readAtMs ?? 0);
    if (known === undefined || isNow || ageMs > keptMs) {
      known = begin(name, wish);
      // Whoever asks meanwhile waits for the same reading.
      readings.set(name, known);
    } else if (ageMs > freshMs && known.isRenewed !== true) {
      const shown = known;
      shown.isRenewed = true;
      // What is shown stays where it fails, and the next look tries again.
      begin(name, wish).value.catch(() => {
        shown.isRenewed = false;
      });
    }
    return { value: await known.value, readAtMs: known.readAtMs };
  };
}

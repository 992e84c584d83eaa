/** What could not be read is read again after so long. */
const retryMs = 500;

export type ChangeReader = {
  /** How many changes were heard of. */
  readonly changes: number;
  /** Whether it was read at all. */
  readonly isRead: boolean;
  /** Something may have changed: it is read again. */
  refresh(): void;
  /** The reading under way, while changes are not read yet. */
  readonly pending: Promise<void> | undefined;
  close(): void;
};

/** Reads once, and again after every change: one reading at a time, tried until it succeeds. */
export function startChangeReader<T>(options: {
  read: () => Promise<T>;
  onRead: (value: T) => void;
}): ChangeReader {
  const closing = new AbortController();
  let changes = 0;
  /** How many changes had come when it was read. */
  let seen = -1;
  let reading: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;

  function start(): void {
    clearTimeout(retry);
    reading ??= readUntilSeen().finally(() => {
      reading = undefined;
    });
  }

  async function readUntilSeen(): Promise<void> {
    try {
      while (seen !== changes && !closing.signal.aborted) {
        const before = changes;
        const value = await options.read();
        if (closing.signal.aborted) return;
        seen = before;
        options.onRead(value);
      }
    } catch {
      // Whoever owns the client logs that Redis is away.
      if (!closing.signal.aborted) retry = setTimeout(start, retryMs);
    }
  }

  start();
  return {
    get changes() {
      return changes;
    },
    get isRead() {
      return seen >= 0;
    },
    get pending() {
      return seen === changes ? undefined : reading;
    },
    refresh() {
      changes += 1;
      start();
    },
    close() {
      closing.abort();
      clearTimeout(retry);
    },
  };
}

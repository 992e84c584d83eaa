/** A connection that could not be opened or updated is left alone for this long, or until it is saved. */
const retryMs = 30_000;

/** Work on single connections that may fail and is then left alone for a while. */
export type ConnectionRetries = {
  isDue(connectionId: string): boolean;
  /** Does the work now. @returns whether it was done. */
  attempt(connectionId: string, work: () => Promise<void>): Promise<boolean>;
  /** The connection was saved, or without an id, any may have been. */
  reset(connectionId?: string): void;
};

export function createConnectionRetries(
  onError: (error: unknown, connectionId: string) => void,
): ConnectionRetries {
  const retryAtMs = new Map<string, number>();

  return {
    isDue: (connectionId) => (retryAtMs.get(connectionId) ?? 0) <= performance.now(),
    async attempt(connectionId, work) {
      try {
        await work();
        retryAtMs.delete(connectionId);
        return true;
      } catch (error) {
        retryAtMs.set(connectionId, performance.now() + retryMs);
        onError(error, connectionId);
        return false;
      }
    },
    reset(connectionId) {
      if (connectionId === undefined) retryAtMs.clear();
      else retryAtMs.delete(connectionId);
    },
  };
}

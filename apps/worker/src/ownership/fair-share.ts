/** A connection that this process works on. */
export type OwnedConnection = {
  id: string;
  /** The connection still exists and its lease is held. */
  isValid: boolean;
  /** It was acquired beyond the share. */
  isAdopted: boolean;
};

/** The number of connections that each worker may own, orphans aside. */
export function fairShare(connections: number, workers: number): number {
  return Math.ceil(connections / workers);
}

/** Decides which connections to give up: what is no longer valid, and the newest ones beyond the share. */
export function findSurplus(owned: OwnedConnection[], share: number): string[] {
  const valid = owned.filter(({ isValid }) => isValid);
  const beyondShare = valid.filter(({ isAdopted }) => !isAdopted).slice(share);
  return owned.filter((one) => !one.isValid || beyondShare.includes(one)).map(({ id }) => id);
}

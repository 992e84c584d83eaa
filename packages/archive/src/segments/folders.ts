const connectionId = /^[a-z0-9][a-z0-9-]{0,63}$/;
const connectionFolder = /^connection=([a-z0-9][a-z0-9-]{0,63})$/;
const dateFolder = /^date=(\d{4}-\d{2}-\d{2})$/;
const dayMs = 86_400_000;

/** Nothing else reaches a path. Throws for an id that is none. */
export function connectionFolderOf(id: string): string {
  if (!connectionId.test(id)) {
    throw new RangeError("The id of a connection has 1 to 64 lower-case letters, digits and hyphens");
  }
  return `connection=${id}`;
}

export function dayFolderOf(id: string, date: string): string {
  return `${connectionFolderOf(id)}/date=${date}`;
}

export function readConnectionFolder(folder: string): string | undefined {
  return connectionFolder.exec(folder)?.[1];
}

export function readDateFolder(folder: string): string | undefined {
  return dateFolder.exec(folder)?.[1];
}

/** The UTC day of a time, as `2026-11-29`. */
export function dateOf(timeMs: number): string {
  return dateOfDay(dayOf(timeMs));
}

/** The UTC day of a time, counted from 1970-01-01. */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / dayMs);
}

export function dateOfDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

export function startOfDateMs(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

export function endOfDateMs(date: string): number {
  return startOfDateMs(date) + dayMs;
}

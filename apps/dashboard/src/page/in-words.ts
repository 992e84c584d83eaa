import { formatCount } from "../overview/format-count.ts";

/** `1 message`, `133 messages`. */
export function countOf(count: number, one: string, more = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : more}`;
}

/** `1,200`. */
export function count(number: number): string {
  return number.toLocaleString("en");
}

/** `1 message`, `133 messages`. */
export function countOf(number: number, one: string, more = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : more}`;
}

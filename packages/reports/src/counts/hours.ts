export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
/** Hours are kept whole: a day can be looked back at any time. */
export const keptMs = 26 * hourMs;

/** One hash an hour, a field for each minute and name: they end by themselves, and a day is read by 25 commands. */
export function placeOf(atMs: number): { hour: number; minute: number } {
  return { hour: Math.floor(atMs / hourMs), minute: Math.floor((atMs % hourMs) / minuteMs) };
}

export function hoursBetween(fromMs: number, toMs: number): number[] {
  const first = Math.floor(fromMs / hourMs);
  return Array.from({ length: Math.floor(toMs / hourMs) - first + 1 }, (_, index) => first + index);
}

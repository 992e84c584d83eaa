/** Unix milliseconds with fractions: the processes of one machine share this clock. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

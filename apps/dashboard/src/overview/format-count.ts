const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** Every digit of it. */
export function formatCount(value: number): string {
  return whole.format(value);
}

/** From 10,000 on a short form, such as 12.3K. */
export function formatShort(value: number): string {
  return value < 10_000 ? formatCount(value) : compact.format(value);
}

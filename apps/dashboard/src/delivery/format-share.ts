/** A share of a whole in percent, never 0 % of something and never 100 % of less than all. */
export function formatShare(part: number, whole: number): string {
  if (part <= 0 || whole <= 0) return "0 %";
  const percent = (part / whole) * 100;
  if (percent < 0.1) return "< 0.1 %";
  if (part < whole && percent > 99.9) return "> 99.9 %";
  const rounded = percent.toFixed(1).replace(/\.0$/, "");
  return `${rounded} %`;
}

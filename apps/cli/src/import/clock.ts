/** "1:02" or "1:00:02": hours only where there are some. */
export function clock(seconds: number): string {
  const whole = Math.round(Math.min(seconds, 359_999));
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor((whole % 3_600) / 60);
  const tail = `${hours > 0 ? String(minutes).padStart(2, "0") : minutes}:${String(whole % 60).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

import type { RedisClient } from "@customerio-router/redis";
import { readHours } from "@customerio-router/reports";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** As many days are looked back at, so that each weekday is among them. */
const days = 7;
const minBusyDays = 5;
/** With so few expected, silence is chance. */
const minExpected = 10;

/** Whether messages usually arrive within a window that ends now, by the same time of day on the days before. */
export async function isUsuallyBusy(
  redis: RedisClient,
  connectionId: string,
  { windowMs, nowMs }: { windowMs: number; nowMs: number },
): Promise<boolean> {
  const fromMs = nowMs - days * dayMs - windowMs;
  const hours = await readHours(redis, connectionId, { fromMs, toMs: nowMs - dayMs });
  const busy = Array.from({ length: days }, (_, index) => nowMs - (index + 1) * dayMs).filter((endMs) => {
    const within = hours.filter(({ atMs }) => atMs + hourMs > endMs - windowMs && atMs < endMs);
    const received = within.reduce((sum, hour) => sum + hour.received, 0);
    return (received * windowMs) / (Math.max(1, within.length) * hourMs) >= minExpected;
  });
  return busy.length >= minBusyDays;
}

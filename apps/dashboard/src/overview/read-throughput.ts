import type { RedisClient } from "@customerio-router/redis";
import { countNames, type MinuteCounts, readCounts } from "@customerio-router/reports";

export type Range = "hour" | "day";

/** Minutes of a range, and of one point of a plot. */
const ranges: Record<Range, { minutes: number; pointMinutes: number }> = {
  hour: { minutes: 60, pointMinutes: 1 },
  day: { minutes: 24 * 60, pointMinutes: 15 },
};

/** What was counted in a stretch of time, over connections. */
export type Point = Omit<MinuteCounts, "backlog"> & {
  messagesWaiting: number;
  /** Age of the oldest waiting message. */
  oldestWaitingMs: number;
};

export type Throughput = { range: Range; pointMinutes: number; points: Point[] };

/** Received messages and their outcomes, point by point, oldest first. */
export async function readThroughput(
  redis: RedisClient,
  { connectionIds, range }: { connectionIds: string[]; range: Range },
): Promise<Throughput> {
  const { minutes, pointMinutes } = ranges[range];
  const fromMs = Date.now() - (minutes - 1) * 60_000;
  const all = await Promise.all(connectionIds.map((id) => readCounts(redis, id, fromMs)));
  const points = Array.from({ length: minutes / pointMinutes }, (_, index) => {
    const begin = index * pointMinutes;
    return toPoint(
      fromMs + begin * 60_000,
      all.map((counts) => counts.slice(begin, begin + pointMinutes)),
    );
  });
  return { range, pointMinutes, points };
}

function toPoint(atMs: number, ofConnections: MinuteCounts[][]): Point {
  const minutes = ofConnections.flat();
  const counts = Object.fromEntries(
    countNames.map((name) => [name, minutes.reduce((sum, minute) => sum + minute[name], 0)]),
  ) as Pick<Point, (typeof countNames)[number]>;
  return { ...counts, atMs, ...worstBacklog(ofConnections) };
}

/** The peak of a stretch: of each minute the sum over connections, of these the largest. */
function worstBacklog(ofConnections: MinuteCounts[][]): Pick<Point, "messagesWaiting" | "oldestWaitingMs"> {
  const [first = []] = ofConnections;
  const minutes = first.map((_, index) => ofConnections.flatMap((of) => of[index]?.backlog ?? []));
  return {
    messagesWaiting: Math.max(
      0,
      ...minutes.map((minute) => minute.reduce((sum, { messagesWaiting }) => sum + messagesWaiting, 0)),
    ),
    oldestWaitingMs: Math.max(0, ...minutes.flat().map(({ oldestWaitingMs }) => oldestWaitingMs)),
  };
}

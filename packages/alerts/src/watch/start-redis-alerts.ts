import { createHash, randomUUID } from "node:crypto";
import type { RedisClient, RedisProblem } from "@customerio-router/redis";
import { type FoundSituation, findRedisSituation } from "@customerio-router/reports";
import { startRepeating } from "@customerio-router/service";
import { createChannelCipher } from "../channels/channel-cipher.ts";
import type { AlertCondition } from "../conditions/alert-conditions.ts";
import { ofSituation } from "../conditions/found-alert.ts";
import { createDeliverer, type Outstanding } from "../deliver/deliver-outstanding.ts";
import { advance } from "../notices/advance.ts";
import type { AlertState } from "../notices/alert-state.ts";
import { makeNotices } from "../notices/notice.ts";
import { adoptNotices, type NewNotice, toEach } from "../notices/store-notices.ts";
import { isMuted } from "../silences/silence.ts";
import { createAlertReader, noAlerts, type StoredAlerts } from "../store/stored-alerts.ts";

const watchMs = 1_000;

/** What an intake remembers of alerts, so that it can tell of Redis while Redis is away. */
type Memory = {
  stored: StoredAlerts;
  states: [key: string, state: AlertState][];
  /** What was told in this episode, and may not be delivered yet. */
  notices: NewNotice[];
  /** How many outages ended in the episode, by condition: the next one is another. */
  ended: Partial<Record<AlertCondition, number>>;
};

/** A place that outlives the process, such as the spool's file. */
export type AlertMemory = { read(): Promise<string | undefined>; write(text: string): void };

const nothing: Memory = { stored: noAlerts, states: [], notices: [], ended: {} };

/**
 * Tells that Redis is away, refuses writes or lost its data, and that it is over: each intake does, since it cannot ask the
 * others. All give the notice the same id, so that receivers know a repetition. The end is told through Redis, once.
 */
export async function startRedisAlerts(options: {
  redis: RedisClient;
  /** Why Redis cannot serve, as `/readyz` says it. */
  findProblem: () => Promise<RedisProblem | undefined>;
  /** What Redis lost. */
  findLoss: () => FoundSituation[];
  secretKey: string | undefined;
  /** Left out: what is known is lost with the process. */
  memory?: AlertMemory | undefined;
  onError: (error: unknown) => void;
}): Promise<Disposable> {
  const { redis, findProblem, findLoss, memory, onError } = options;
  const kept = await memory?.read();
  let known: Memory = kept === undefined ? nothing : (JSON.parse(kept) as Memory);
  let read = createAlertReader(redis, known.stored);
  const deliverer = createDeliverer({ cipher: createChannelCipher(options.secretKey), onError });

  function remember(change: Partial<Memory>): void {
    known = { ...known, ...change };
    memory?.write(JSON.stringify(known));
  }

  /** False: Redis lost the alerts too, so that what is remembered of them counts. */
  async function refresh(): Promise<boolean> {
    const stored = await read();
    const isLost = stored.version === null && known.stored.version !== null;
    if (isLost) read = createAlertReader(redis, known.stored);
    else if (stored.version !== known.stored.version) {
      const isNew = stored.episode !== known.stored.episode;
      remember({ stored, ...(isNew && { ended: {} }) });
    }
    return !isLost;
  }

  async function watch(): Promise<void> {
    const problem = await findProblem();
    const isThere = problem === undefined && (await refresh());
    const { stored } = known;
    if (stored.channels.length === 0) return;
    const situations = problem ? [findRedisSituation(problem)] : isThere ? [] : findLoss();
    tell(situations.flatMap((situation) => ofSituation(situation)));
    const isOver = known.states.every(([, { phase }]) => phase === "over");
    if (isThere && isOver && known.notices.length > 0) await handOver(stored);
    else if (known.notices.length > 0) {
      void deliverer.deliver(ownOutstanding, stored).catch(onError);
    }
  }

  function tell(found: ReturnType<typeof ofSituation>): void {
    const { stored, notices, ended } = known;
    const nowMs = Date.now();
    const former = new Map(known.states);
    const { states, begun, over } = advance({
      states: former,
      found: found.filter(({ condition }) => !stored.settings.off.includes(condition)),
      isMuted: (alert) => isMuted(stored, alert, nowMs),
      holdMs: stored.settings.holdMs,
      nowMs,
    });
    const channelIds = stored.channels.map(({ id }) => id);
    const idOf = (event: string) => (condition: AlertCondition) =>
      makeId([stored.episode, condition, ended[condition] ?? 0, event]);
    const told = [
      ...makeNotices("begun", begun, { makeId: idOf("begun"), atMs: nowMs }),
      ...makeNotices("over", over, { makeId: idOf("over"), atMs: nowMs }),
    ].map((notice) => toEach(notice, channelIds));
    const isChanged =
      states.size !== former.size || [...states].some(([key, state]) => former.get(key) !== state);
    if (!isChanged) return;
    const more = over.map(({ condition }) => [condition, (ended[condition] ?? 0) + 1]);
    remember({
      states: [...states],
      notices: [...notices, ...told],
      ended: { ...ended, ...Object.fromEntries(more) },
    });
  }

  /** From here on the process that watches delivers it. */
  async function handOver({ episode = "" }: StoredAlerts): Promise<void> {
    await adoptNotices(redis, { notices: known.notices, ended: episode, next: randomUUID() });
    remember({ notices: [] });
  }

  const ownOutstanding: Outstanding = {
    list: async () =>
      known.notices.flatMap(({ notice, deliveries }) =>
        deliveries
          .filter(({ delivery }) => delivery.state === "outstanding")
          .map(({ channelId }) => ({ noticeId: notice.id, channelId })),
      ),
    find: async (noticeId) => known.notices.find(({ notice }) => notice.id === noticeId),
    async settle({ noticeId, channelId, delivery }) {
      const notices = known.notices.map((each) =>
        each.notice.id === noticeId
          ? {
              ...each,
              deliveries: each.deliveries.map((one) =>
                one.channelId === channelId ? { channelId, delivery } : one,
              ),
            }
          : each,
      );
      remember({ notices });
    },
  };

  return startRepeating(watchMs, () => watch().catch(onError));
}

/** The same in every intake. */
function makeId(parts: readonly unknown[]): string {
  return `msg_${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32)}`;
}

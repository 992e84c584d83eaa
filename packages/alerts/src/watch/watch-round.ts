import { randomUUID } from "node:crypto";
import type { Backend } from "@customerio-router/queue";
import { type AlertSource, findAlerts, findSlowAlerts, slowConditions } from "../conditions/find-alerts.ts";
import { type FoundAlert, type FoundAlerts, keyOf } from "../conditions/found-alert.ts";
import { advance } from "../notices/advance.ts";
import type { AlertState, AlertStates } from "../notices/alert-state.ts";
import { findExample } from "../notices/find-example.ts";
import { makeNotices } from "../notices/notice.ts";
import { readStates, recordRound, toEach } from "../notices/store-notices.ts";
import type { AlertSettings } from "../settings/alert-settings.ts";
import { isMuted } from "../silences/silence.ts";
import type { StoredAlerts } from "../store/stored-alerts.ts";

/** What shows over an hour is looked at this often. */
const slowMs = 60_000;

/** One look at everything, and what follows from it in Redis. */
export type Rounds = {
  /** @throws FencedError when another process watches */
  run(stored: StoredAlerts, token: string): Promise<void>;
};

export function createRounds(
  source: AlertSource & { backend: Backend; onError: (error: unknown) => void },
): Rounds {
  const { redis, backend, onError } = source;
  let slow: { alerts: FoundAlerts; readAtMs: number; version: string | null } | undefined;

  /** What cannot be read of the last hour leaves its alerts as they are, and keeps no other back. */
  async function findSlow(settings: AlertSettings): Promise<FoundAlerts> {
    try {
      return await findSlowAlerts(source, settings);
    } catch (error) {
      onError(error);
      return { found: [], unknown: new Set(slowConditions) };
    }
  }

  async function findAll({ settings, version }: StoredAlerts): Promise<FoundAlerts> {
    if (!slow || slow.version !== version || performance.now() - slow.readAtMs >= slowMs) {
      slow = { alerts: await findSlow(settings), readAtMs: performance.now(), version };
    }
    const all = [await findAlerts(source, settings), slow.alerts];
    return {
      found: all.flatMap(({ found }) => found).filter(({ condition }) => !settings.off.includes(condition)),
      unknown: new Set(all.flatMap(({ unknown }) => [...unknown])),
    };
  }

  return {
    async run(stored, token) {
      const [former, { found, unknown }] = await Promise.all([readStates(redis), findAll(stored)]);
      const nowMs = Date.now();
      const { states, begun, over } = advance({
        states: former,
        found,
        unknown,
        isMuted: (alert) => isMuted(stored, alert, nowMs),
        holdMs: stored.settings.holdMs,
        nowMs,
      });
      const told = await Promise.all(begun.map((state) => withExample(state, found)));
      const latter: AlertStates = new Map([
        ...states,
        ...told.map((state): [string, AlertState] => [keyOf(state), state]),
      ]);
      const options = { makeId: () => `msg_${randomUUID()}`, atMs: nowMs };
      const notices = [...makeNotices("begun", told, options), ...makeNotices("over", over, options)];
      const channelIds = stored.channels.map(({ id }) => id);
      await recordRound(redis, token, {
        former,
        latter,
        notices: notices.map((notice) => toEach(notice, channelIds)),
      });
    },
  };

  async function withExample(state: AlertState, found: readonly FoundAlert[]): Promise<AlertState> {
    const alert = found.find((each) => keyOf(each) === keyOf(state));
    const example = alert && (await findExample(backend, alert));
    return example === undefined ? state : { ...state, example };
  }
}

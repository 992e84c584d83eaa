import type { AlertCondition } from "../conditions/alert-conditions.ts";
import { type FoundAlert, keyOf } from "../conditions/found-alert.ts";
import type { AlertState, AlertStates } from "./alert-state.ts";

/** An alert that ended is remembered for this long. */
const rememberedMs = 3_600_000;
/** What returns again and again must be gone for at most this long. */
const maxClearMs = 600_000;

type Round = {
  states: AlertStates;
  found: readonly FoundAlert[];
  /** Alerts of conditions that could not be judged stay as they are. */
  unknown?: ReadonlySet<AlertCondition>;
  isMuted: (alert: Pick<AlertState, "condition" | "subject">) => boolean;
  holdMs: number;
  nowMs: number;
};

/** How alerts stand after a round, and what is to be told. Pure. */
export function advance({ states, found, unknown, isMuted, holdMs, nowMs }: Round): {
  states: Map<string, AlertState>;
  begun: AlertState[];
  over: AlertState[];
} {
  const foundByKey = new Map(found.map((alert) => [keyOf(alert), alert]));
  const latter = new Map<string, AlertState>();
  const begun: AlertState[] = [];
  const over: AlertState[] = [];
  for (const key of new Set([...states.keys(), ...foundByKey.keys()])) {
    const [former, alert] = [states.get(key), foundByKey.get(key)];
    if (former && unknown?.has(former.condition)) {
      latter.set(key, former);
      continue;
    }
    const state = alert ? hold(former, alert, { holdMs, nowMs }) : former && clear(former, { holdMs, nowMs });
    if (!state) continue;
    const told = tell(state, isMuted(state));
    if (told.isTold && !state.isTold) begun.push(told);
    if (!told.isTold && state.isTold) over.push(told);
    if (isRemembered(told, nowMs)) latter.set(key, told);
  }
  return { states: latter, begun, over };
}

type Times = { holdMs: number; nowMs: number };

/** The next phase while the condition holds. */
function hold(former: AlertState | undefined, alert: FoundAlert, { holdMs, nowMs }: Times): AlertState {
  const { condition, subject, detail, messages } = alert;
  const about = { condition, ...(subject && { subject }), detail, messages };
  if (former === undefined) return pend({ ...about, times: 0 }, nowMs);
  switch (former.phase) {
    case "over":
      // Its end was not told: it goes on.
      return former.isTold
        ? { ...former, phase: "firing", sinceMs: nowMs }
        : pend({ ...about, times: former.times }, nowMs);
    case "clearing":
      return { ...former, phase: "firing", sinceMs: nowMs };
    case "firing":
      return former;
    case "pending":
      if (nowMs - former.sinceMs < holdMs) return former;
      return { ...former, ...about, phase: "firing", sinceMs: nowMs, times: former.times + 1 };
  }
}

function pend(
  about: Omit<AlertState, "phase" | "sinceMs" | "beganAtMs" | "isTold">,
  nowMs: number,
): AlertState {
  return { ...about, phase: "pending", sinceMs: nowMs, beganAtMs: nowMs, isTold: false };
}

/** The next phase while it does not hold. */
function clear(former: AlertState, { holdMs, nowMs }: Times): AlertState | undefined {
  switch (former.phase) {
    case "pending":
      return former.times === 0 ? undefined : { ...former, phase: "over", sinceMs: nowMs };
    case "firing":
      return { ...former, phase: "clearing", sinceMs: nowMs };
    case "clearing": {
      const clearMs = Math.min(holdMs * 2 ** (former.times - 1), Math.max(holdMs, maxClearMs));
      return nowMs - former.sinceMs < clearMs ? former : { ...former, phase: "over", sinceMs: nowMs };
    }
    case "over":
      return former;
  }
}

/** A muted alert changes as any other; it is told once nothing mutes it any more. */
function tell(state: AlertState, isMuted: boolean): AlertState {
  if (isMuted) return state;
  if (state.phase === "firing" && !state.isTold) return { ...state, isTold: true };
  if (state.phase === "over" && state.isTold) return { ...state, isTold: false };
  return state;
}

function isRemembered({ phase, isTold, sinceMs }: AlertState, nowMs: number): boolean {
  return phase !== "over" || isTold || nowMs - sinceMs < rememberedMs;
}

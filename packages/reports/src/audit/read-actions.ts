import { auditKey, type RedisClient } from "@customerio-router/redis";
import type { Action, RecordedAction } from "./action.ts";

/** Only actions that fit all that is given. */
export type ActionFilter = {
  user?: string | undefined;
  /** As a whole, or its part before the point. */
  action?: string | undefined;
  /** Of the subject. */
  subjectId?: string | undefined;
  fromMs?: number | undefined;
  toMs?: number | undefined;
};

const readAtOnce = 500;

/** What people did, newest first; `before` is the id of an action. */
export async function* readActions(
  redis: RedisClient,
  { fromMs, toMs, ...filter }: ActionFilter,
  { before }: { before?: string | undefined } = {},
): AsyncGenerator<RecordedAction> {
  let end = before === undefined ? String(toMs ?? "+") : `(${before}`;
  const start = String(fromMs ?? "-");
  for (;;) {
    const found = await redis.xrevrange(auditKey, end, start, "COUNT", readAtOnce);
    for (const [id, [, json = "null"]] of found) {
      const action = { id, atMs: Number(id.split("-")[0]), ...(JSON.parse(json) as Action) };
      if (fits(action, filter)) yield action;
    }
    const last = found.at(-1);
    if (last === undefined || found.length < readAtOnce) return;
    end = `(${last[0]}`;
  }
}

function fits({ action, by, subject }: Action, wanted: Pick<ActionFilter, "user" | "action" | "subjectId">) {
  const { user, action: wantedAction, subjectId } = wanted;
  if (user !== undefined && by.user !== user) return false;
  if (wantedAction !== undefined && action !== wantedAction && action.split(".")[0] !== wantedAction)
    return false;
  return subjectId === undefined || subject?.id === subjectId;
}

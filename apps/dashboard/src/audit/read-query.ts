import type { ActionFilter } from "@customerio-router/reports";
import { badQuery } from "../delivery/ledger-query.ts";
import type { TextFields } from "../page/text-fields.ts";

/** What of the audit log is looked for: `user`, `action`, `subject` and the days `from` and `to`, in UTC. @throws 400 */
export function readAuditQuery(fields: TextFields): ActionFilter {
  const { user, action, subject } = fields;
  const dayMs = 86_400_000;
  const fromMs = readDayStart("from", fields.from);
  const toMs = readDayStart("to", fields.to);
  return {
    user: user || undefined,
    action: action || undefined,
    subjectId: subject || undefined,
    fromMs,
    toMs: toMs === undefined ? undefined : toMs + dayMs - 1,
  };
}

function readDayStart(name: string, text: string | undefined): number | undefined {
  if (!text) return undefined;
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) throw badQuery(`\`${name}\` must be a day, such as 2026-11-25.`);
  return atMs;
}

const idForm = /^\d{1,15}-\d{1,15}$/;

/** Where the next page begins. @throws 400 */
export function readBefore({ before }: TextFields): string | undefined {
  if (!before) return undefined;
  if (!idForm.test(before)) throw badQuery("`before` must be the id of an action.");
  return before;
}

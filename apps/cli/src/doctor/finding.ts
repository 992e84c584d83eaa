import { describeSituation, type FoundSituation, runbookRow, situations } from "@customerio-router/reports";

/** What one check found. */
export type Finding = {
  check: string;
  ok: boolean;
  text: string;
  /** What to do. */
  action?: string;
  /** The row of the runbook. */
  runbook?: string;
};

export function good(check: string, text: string): Finding {
  return { check, ok: true, text };
}

export function wrong(check: string, text: string, action?: string): Finding {
  return { check, ok: false, text, ...(action !== undefined && { action }) };
}

/** A situation of the runbook, in its words. */
export function wrongAsIn(check: string, found: FoundSituation): Finding {
  const { action } = situations[found.name];
  return { ...wrong(check, describeSituation(found), action), runbook: runbookRow(found.name) };
}

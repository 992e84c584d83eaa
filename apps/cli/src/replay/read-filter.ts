import { InvalidArgumentError } from "@commander-js/extra-typings";
import { normalizePerson } from "@customerio-router/messages";
import type { ReplayFilter } from "@customerio-router/queue";
import { findWhereProblem } from "@customerio-router/rules";

const dayMs = 24 * 60 * 60 * 1000;
const isDate = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text);

/** A day in UTC counts from its beginning. */
export function readFrom(text: string): number {
  return readTime(text);
}

/** A day in UTC counts as a whole. */
export function readTo(text: string): number {
  return readTime(text) + (isDate(text) ? dayMs : 0);
}

function readTime(text: string): number {
  const atMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) throw new InvalidArgumentError("It must be a day or a time, such as 2026-11-20.");
  return atMs;
}

export function readPerson(text: string): string {
  if (!/^(id|email|anonymous_id|cio_id):./.test(text)) {
    throw new InvalidArgumentError("It must be such as id:42 or email:ada@example.com.");
  }
  return normalizePerson(text);
}

export function readWhere(text: string): string {
  const problem = findWhereProblem(text);
  if (problem !== undefined) throw new InvalidArgumentError(problem);
  return text;
}

export type FilterOptions = {
  from?: number | undefined;
  to?: number | undefined;
  event?: string | undefined;
  person?: string | undefined;
  outcome?: ReplayFilter["outcome"] | undefined;
  source?: string | undefined;
  where?: string | undefined;
};

export function readFilter({ from, to, event, person, outcome, source, where }: FilterOptions): ReplayFilter {
  return {
    ...(from !== undefined && { fromMs: from }),
    ...(to !== undefined && { toMs: to }),
    ...(event !== undefined && { event }),
    ...(person !== undefined && { person }),
    ...(outcome !== undefined && { outcome }),
    ...(source !== undefined && { source }),
    ...(where !== undefined && { where }),
  };
}

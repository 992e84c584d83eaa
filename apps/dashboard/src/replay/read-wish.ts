import { normalizePerson } from "@customerio-router/messages";
import type { ReplayFilter, ReplayWish } from "@customerio-router/queue";
import { dayMs } from "@customerio-router/reports";
import { findWhereProblem } from "@customerio-router/rules";
import { badQuery, readLedgerRange } from "../delivery/ledger-query.ts";
import type { TextFields } from "../page/text-fields.ts";

const outcomes = ["delivered", "skipped", "rejected"] as const;

/** What the form asks for. @throws an error with status 400 that names the field */
export function readWish(fields: TextFields): Pick<ReplayWish, "filter" | "withState" | "asNew"> {
  const { from, to } = readLedgerRange(fields);
  const { event = "", person = "", outcome = "", source = "", where = "" } = fields;
  if (person !== "" && !/^(id|email|anonymous_id|cio_id):./.test(person)) {
    throw badQuery("`person` must be such as id:42 or email:ada@example.com.");
  }
  const problem = where.trim() === "" ? undefined : findWhereProblem(where);
  if (problem !== undefined) throw badQuery(`\`where\`: ${problem}`);
  const known = outcomes.find((name) => name === outcome);
  if (outcome !== "" && known === undefined) throw badQuery(`\`outcome\` must be ${outcomes.join(", ")}.`);
  const filter: ReplayFilter = {
    ...(from !== undefined && { fromMs: from * dayMs }),
    ...(to !== undefined && { toMs: (to + 1) * dayMs }),
    ...(event.trim() !== "" && { event: event.trim() }),
    ...(person !== "" && { person: normalizePerson(person) }),
    ...(known && { outcome: known }),
    ...(source.trim() !== "" && { source: source.trim() }),
    ...(where.trim() !== "" && { where }),
  };
  return { filter, withState: fields.withState === "on", asNew: fields.asNew === "on" };
}

/** The fields that a page passes on. */
export const wishFields = [
  ...(["connection", "target", "from", "to", "event", "person", "outcome", "source", "where"] as const),
  ...(["withState", "asNew"] as const),
];

import type { ConnectionProblem } from "@customerio-router/connections";

/** One thing wrong with one field, as a sentence for the person who filled it in. */
export type Problem = ConnectionProblem;

/** A value from outside that was checked, or everything that is wrong with it. */
export type Checked<Value> = { ok: true; value: Value } | { ok: false; problems: Problem[] };

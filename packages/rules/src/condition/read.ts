import type { Fuel } from "./fuel.ts";

/** What a condition looks at: the message, and inside of a macro the entry of its list. */
export type Scope = { message: unknown; entry: unknown; readonly fuel: Fuel };

/** Evaluates a node of a condition. A missing field is `undefined`; what cannot be evaluated is `Failed`. Never throws. */
export type Read = (scope: Scope) => unknown;

import type { Problem } from "../contract/problem.ts";

/** A request to the Track API, read but not yet judged. */
export type Call = {
  /** Decoded parts of the path. */
  params: { readonly [name: string]: string };
  bodyBytes: number;
  /** The body; undefined where it is no JSON. */
  json: unknown;
};

/** An operation as v2 writes it, and what the contract has against it. */
export type Item = { operation: unknown; problems: Problem[] };

/** An entry of an answer's `errors`: a breach of the contract, or what a fault was told to say. */
export type ErrorEntry = Omit<Problem, "reason"> & { reason: string };

/** The operations of a request; or the answer to one in which there are none to be found. */
type Reading = { items: Item[] } | { refused: Answer };

export type Answer = { status: number; body: unknown };

export type TrackRoute = {
  method: "GET" | "POST" | "PUT" | "DELETE";
  url: string;
  read(call: Call): Reading;
  /** True: the operations are taken together or not at all. */
  isAllOrNothing: boolean;
  /** The answer once the operations were taken; `errors` are those of each operation that was not, by its place. */
  answer(errors: ReadonlyMap<number, ErrorEntry[]>): Answer;
};

export const taken: Answer = { status: 200, body: {} };

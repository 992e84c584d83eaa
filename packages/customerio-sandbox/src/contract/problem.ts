/** One breach of Customer.io's contract, in the shape of an entry of its `errors`. */
export type Problem = {
  /** Where: `identifiers.id`, `cio_relationships[0].identifiers`; empty when it is the whole. */
  field: string;
  reason: Reason;
  /** A sentence for people. */
  message: string;
};

export type Reason =
  | "required"
  | "unknown_field"
  | "invalid_type"
  | "invalid_value"
  | "too_large"
  | "too_many";

/** Judges one value and adds what is wrong with it; `field` is where the value stands. */
export type Rule = (value: unknown, field: string, problems: Problem[]) => void;

import type { Rejection } from "@customerio-router/messages";

/** What finally became of a message. */
export type Outcome =
  | { kind: "delivered" }
  | { kind: "skipped"; reason: string }
  | { kind: "rejected"; rejection: Rejection };

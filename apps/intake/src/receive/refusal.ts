import { messageLimits, type Problem } from "@customerio-router/messages";

/** Which message of a request, which field of it, and which limit was crossed. */
type RefusalDetails = { index?: number; field?: string; limit?: number };

/**
 * Why a request is refused. SDKs drop messages after 400 and 401; some resend after 413, 415 or 422. So a request that
 * can never be accepted gets 400.
 */
export class Refusal {
  readonly status: 400 | 401 | 403 | 404 | 429 | 500;
  /** A stable machine code. */
  readonly reason: string;
  /** One sentence that says what to do. */
  readonly message: string;
  readonly details: RefusalDetails;

  constructor(status: Refusal["status"], reason: string, message: string, details: RefusalDetails = {}) {
    this.status = status;
    this.reason = reason;
    this.message = message;
    this.details = details;
  }
}

/** The refusal of a body that is no JSON. */
export class UnreadableBody extends Refusal {
  readonly text: string;

  constructor(status: Refusal["status"], reason: string, message: string, text: string) {
    super(status, reason, message);
    this.text = text;
  }
}

/** The refusal of a request for one of its messages. */
export function refuseMessage(problem: Problem, index: number): Refusal {
  const { reason, field, message } = problem;
  const limit = limits[reason];
  return new Refusal(400, reason, message, {
    index,
    ...(field && { field }),
    ...(limit !== undefined && { limit }),
  });
}

const limits: { readonly [Reason in Problem["reason"]]?: number } = {
  "message-too-large": messageLimits.messageBytes,
  "too-deep": messageLimits.depth,
};

/** The same whether the key is missing, unknown, or of a source that is gone. */
export const unknownWriteKey = new Refusal(
  401,
  "unknown-write-key",
  "No source has this write key: give it as the user name of Basic authentication or as `writeKey`.",
);

/** 403 is dropped by SDKs, as it should be: a page that may not send will not be allowed to later. */
export const wrongOrigin = new Refusal(
  403,
  "wrong-origin",
  "Pages of this origin may not send with this write key: add the origin to the source, or use the page's own write key.",
);

export const unavailable = new Refusal(
  429,
  "unavailable",
  "The intake cannot store messages at the moment: send them again later.",
);

/** One destination that is away must fill neither Redis nor the spool for all. */
export const backlogFull = new Refusal(
  429,
  "backlog-full",
  "A connection of this source has its `backlogBytes` waiting, and its part of the spool is full: send the messages again later.",
);

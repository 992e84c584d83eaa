import type { Entry } from "@customerio-router/messages";
import { writeBody } from "./outbox.ts";

/** An element of the outbox that has a body; see `outboxing`. */
export type Element = {
  /** Its time, and its sizes when it was appended, which are taken off once it is removed. */
  head: string;
  jobId: string;
  entries: Entry[];
  /** As JSON. */
  traces: string;
};

export function readElement(text: string): Element {
  const [, head = "", body = ""] = /^(b \d+ \d+ \d+) (.*)$/s.exec(text) ?? [];
  const { id, entries, traces } = JSON.parse(body) as { id: string; entries: Entry[]; traces: unknown };
  return { head, jobId: id, entries, traces: JSON.stringify(traces) };
}

export function writeElement({ head, jobId, entries, traces }: Element): string {
  return `${head} ${writeBody(jobId, entries, traces)}`;
}

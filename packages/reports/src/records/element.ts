import type { Entry } from "@customerio-router/messages";

/** An element of the outbox; see `outboxing`. */
export type SplitElement = {
  /** `j`: a completed job has the records, and `rest` is its id. `b`: `rest` is a body. */
  kind: string;
  /** Unix milliseconds of the outcomes. */
  atMs: number;
  bytes: number;
  rest: string;
};

export function splitElement(text: string): SplitElement {
  const [, kind = "", atMs, bytes, rest = ""] = /^(\w) (\d+) (\d+) \d+ (.*)$/s.exec(text) ?? [];
  return { kind, atMs: Number(atMs), bytes: Number(bytes), rest };
}

/** Messages of a job whose records are not in the job itself. */
export type Body = {
  jobId: string;
  entries: Entry[];
  /** As JSON. */
  traces: string;
};

export function readBody(text: string): Body {
  const { id, entries, traces } = JSON.parse(text) as { id: string; entries: Entry[]; traces: unknown };
  return { jobId: id, entries, traces: JSON.stringify(traces) };
}

export function writeBody({ jobId, entries, traces }: Body): string {
  return `{"id":${JSON.stringify(jobId)},"entries":${JSON.stringify(entries)},"traces":${traces}}`;
}

/** The element with another body. Its sizes stay: they are taken off once it is removed. */
export function replaceBody(element: string, body: Body): string {
  const { rest } = splitElement(element);
  return `${element.slice(0, element.length - rest.length)}${writeBody(body)}`;
}

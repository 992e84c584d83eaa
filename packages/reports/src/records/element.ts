/** An element of the outbox; see `outboxing`. */
export type SplitElement = {
  /** `j`: a completed job has the records, and `rest` is its id. `b`: `rest` is a body. */
  kind: string;
  /** Unix milliseconds of the outcomes. */
  atMs: number;
  bytes: number;
  messages: number;
  rest: string;
};

export function splitElement(text: string): SplitElement {
  const [, kind = "", atMs, bytes, messages, rest = ""] = /^(\w) (\d+) (\d+) (\d+) (.*)$/s.exec(text) ?? [];
  return { kind, atMs: Number(atMs), bytes: Number(bytes), messages: Number(messages), rest };
}

/** Messages of a job whose records are not in the job itself. */
export type Body = {
  jobId: string;
  /** Their entries, as a job's data has them. */
  data: string;
  /** As `writeTraces` writes it. */
  traces: string;
};

/** Neither data nor traces have a tab. */
const between = "\t";

export function readBody(text: string): Body {
  const [id = "", data = "", traces = ""] = text.split(between);
  return { jobId: JSON.parse(id), data, traces };
}

export function writeBody({ jobId, data, traces }: Body): string {
  return [JSON.stringify(jobId), data, traces].join(between);
}

/** The element with another body. Its sizes stay: they are taken off once it is removed. */
export function replaceBody(element: string, body: Body): string {
  const { rest } = splitElement(element);
  return `${element.slice(0, element.length - rest.length)}${writeBody(body)}`;
}

/** A range of a connection's outbox numbers: safe integers from 1 on. */
export type Cut = { first: number; last: number };

export type SegmentName = Cut & {
  /** 0 as the cut was written; a claimed number when it was rewritten or merged. */
  generation: number;
};

/** Of the largest safe integer: names sort as their numbers do. */
const digits = 16;
const name = /^(\d{16})-(\d{16})(?:\.g(\d{1,16}))?\.ndjson\.zst$/;
export const indexSuffix = ".index";

export function writeSegmentName({ first, last, generation }: SegmentName): string {
  const cut = `${padNumber(first)}-${padNumber(last)}`;
  return `${cut}${generation === 0 ? "" : `.g${generation}`}.ndjson.zst`;
}

/** Undefined for any other file. */
export function readSegmentName(file: string): SegmentName | undefined {
  const [, first, last, generation = 0] = name.exec(file) ?? [];
  if (first === undefined) return undefined;
  return { first: Number(first), last: Number(last), generation: Number(generation) };
}

export function padNumber(number: number): string {
  return String(number).padStart(digits, "0");
}

export function checkCut({ first, last }: Cut): void {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first < 1 || last < first) {
    throw new RangeError(`A cut is a range of safe integers from 1 on, not ${first} to ${last}`);
  }
}

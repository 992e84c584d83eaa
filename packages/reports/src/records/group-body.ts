import type { Attempt, MessageRecord } from "./record.ts";

/**
 * The body of a group, as JSON: its records by job, each job's messages beside them as its data, and the attempts, which
 * many messages share, once.
 */
type Body = { jobs: { id: string; data: { entries: unknown[] }; records: Kept[] }[]; attempts: Attempt[] };
type Kept = Omit<MessageRecord, "jobId" | "message" | "attempts"> & { attempts: number[] };

/** `wholeJobs` is as `writeRecords` has it. */
export function writeBody(records: MessageRecord[], wholeJobs: ReadonlyMap<string, string>): string {
  const places = new Map<Attempt, number>();
  const placeOf = (attempt: Attempt): number => {
    const place = places.get(attempt) ?? places.size;
    places.set(attempt, place);
    return place;
  };
  const jobs = Map.groupBy(records, ({ jobId }) => jobId);
  const texts = Array.from(jobs, ([id, ofJob]) => {
    const data = wholeJobs.get(id) ?? JSON.stringify({ entries: ofJob.map(({ message }) => ({ message })) });
    const kept = ofJob.map(({ jobId: _, message: __, attempts, ...rest }): Kept => {
      return { ...rest, attempts: attempts.map(placeOf) };
    });
    return `{"id":${JSON.stringify(id)},"data":${data},"records":${JSON.stringify(kept)}}`;
  });
  return `{"jobs":[${texts.join(",")}],"attempts":${JSON.stringify([...places.keys()])}}`;
}

/** The records of a group, oldest first. */
export function readBody(text: string): MessageRecord[] {
  const { jobs, attempts } = JSON.parse(text) as Body;
  const records = jobs.flatMap(({ id, data, records }) =>
    records.map((kept, index): MessageRecord => {
      const { message } = data.entries[index] as { message: unknown };
      return {
        ...kept,
        jobId: id,
        attempts: kept.attempts.map((place) => attempts[place] as Attempt),
        message,
      };
    }),
  );
  return records.sort((a, b) => a.atMs - b.atMs);
}

import type { JobData } from "@customerio-router/messages";
import { Job, type JobJson, type MinimalQueue, Queue } from "bullmq";

/** A person may make a job's data no JSON: then it is read as the text it is, instead of hiding all the others. */
class ReadableJob extends Job {
  static override fromJSON<Data, Result, Name extends string>(
    queue: MinimalQueue,
    json: JobJson,
    jobId?: string,
  ): Job<Data, Result, Name> {
    try {
      return Job.fromJSON(queue, json, jobId);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return Job.fromJSON(queue, { ...json, data: JSON.stringify(json.data) }, jobId);
    }
  }
}

/** The queue of a connection as people look at it and change it. */
export class ConnectionQueue extends Queue<JobData, unknown, string> {
  protected override get Job(): typeof Job {
    // Only its way of reading differs, which says nothing of its type parameters.
    return ReadableJob as unknown as typeof Job;
  }
}

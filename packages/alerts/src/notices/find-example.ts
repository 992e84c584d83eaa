import { messageIdOf, readJobData } from "@customerio-router/messages";
import type { Backend } from "@customerio-router/queue";
import type { FoundAlert } from "../conditions/found-alert.ts";
import { plainId } from "./plain-text.ts";

/** The id of a message that an alert concerns: the oldest that waits, or the newest that failed. */
export async function findExample(
  backend: Backend,
  { exampleIn }: Pick<FoundAlert, "exampleIn">,
): Promise<string | undefined> {
  if (exampleIn === undefined) return undefined;
  const queue = backend.queue(exampleIn.connectionId);
  const [job] =
    exampleIn.state === "failed"
      ? await queue.getJobs(["failed"], 0, 0)
      : await queue.getJobs(["active", "waiting", "prioritized", "delayed"], 0, 0, true);
  const [entry] = job ? readJobData(job.data).entries : [];
  return entry && plainId(messageIdOf(entry.message));
}

import type { Connection } from "@customerio-router/connections";
import type { Queue } from "bullmq";
import type { Privacy } from "../privacy/privacy.ts";
import { type FailedFilter, matchesFailed } from "./failed-filter.ts";
import { failedMessages } from "./failed-messages.ts";

/** Failed messages as NDJSON, newest job first: why each failed, and the message as it came. */
export async function* exportFailed(options: {
  connection: Connection;
  queue: Queue;
  filter: FailedFilter;
  privacy: Privacy;
}): AsyncGenerator<string> {
  const { connection, queue, filter, privacy } = options;
  for await (const failed of failedMessages({ connection, queue }, Number.POSITIVE_INFINITY)) {
    if (!matchesFailed(filter, failed)) continue;
    const { rejection, messageId, jobId, failedAtMs, isCut, message } = failed;
    const line = {
      connection: connection.name,
      messageId,
      jobId,
      failedAt: new Date(failedAtMs).toISOString(),
      ...rejection,
      message: privacy.maskSentence(rejection.message),
      ...(isCut && { cut: true }),
      received: privacy.mask(message),
    };
    yield `${JSON.stringify(line)}\n`;
  }
}

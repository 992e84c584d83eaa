import { Readable } from "node:stream";
import { wake } from "@customerio-router/queue";
import type { FastifyInstance } from "fastify";
import type { MessagesContext } from "../messages/messages-context.ts";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import { exportFailed } from "./export-failed.ts";
import { failedMessages, groupByReason, groupKey } from "./failed-messages.ts";
import { type FailedOf, failedPage } from "./failed-page.ts";
import { groupPage } from "./group-page.ts";
import { overtakenJobs, watchOvertaken } from "./overtaken.ts";
import { overtakenAmong } from "./overtaken-note.ts";
import { retryJobs } from "./retry-jobs.ts";

/** Jobs of a connection that are grouped, the newest; each has 1 to 100 messages. */
const groupedJobs = 5_000;
/** Messages of a group that its page shows. */
const shownMessages = 100;

/** What Customer.io has not taken: `GET /failed`, `GET /failed/group`, `GET /failed/export`, `POST /failed/retry`. */
export function failedRoutes(app: FastifyInstance, { store, redis, queues, privacy }: MessagesContext): void {
  app.get("/failed", async (request, reply) => {
    const { connection: chosen = "", retried } = textFields(request.query);
    const connections = await store.list();
    const failed = await Promise.all(
      connections
        .filter(({ id }) => chosen === "" || id === chosen)
        .map(async (connection): Promise<FailedOf> => {
          const queue = queues.of(connection.id);
          const watch = watchOvertaken(redis, connection);
          const [groups, jobs] = await Promise.all([
            groupByReason(watch.noting(failedMessages({ connection, queue }, groupedJobs))),
            queue.getFailedCount(),
          ]);
          return { connection, groups, jobs, groupedJobs, overtaken: await watch.find() };
        }),
    );
    const { viewer } = request;
    return sendPage(reply, failedPage({ failed, connections, chosen, retried, privacy, viewer }));
  });

  app.get("/failed/group", async (request, reply) => {
    const { connection: id = "", group = "" } = textFields(request.query);
    const connection = await store.get(id);
    if (!connection) return reply.callNotFound();
    const found = [];
    const jobIds = new Set<string>();
    const watch = watchOvertaken(redis, connection);
    for await (const failed of watch.noting(
      failedMessages({ connection, queue: queues.of(id) }, groupedJobs),
    )) {
      if (groupKey(failed.rejection) !== group) continue;
      jobIds.add(failed.jobId);
      if (found.length < shownMessages) found.push(failed);
    }
    const [first, ...more] = found;
    if (!first) return reply.redirect(`/failed?${new URLSearchParams({ connection: id })}`, 303);
    const overtaken = overtakenAmong(await watch.find(), jobIds);
    return sendPage(
      reply,
      groupPage({ messages: [first, ...more], group, overtaken, privacy, viewer: request.viewer }),
    );
  });

  app.get("/failed/export", async (request, reply) => {
    const { connection: id = "", group } = textFields(request.query);
    const connection = await store.get(id);
    if (!connection) return reply.callNotFound();
    const lines = exportFailed({ connection, queue: queues.of(id), group, privacy });
    return reply
      .type("application/x-ndjson; charset=utf-8")
      .header("content-disposition", `attachment; filename="failed-${id}.ndjson"`)
      .header("cache-control", "no-store")
      .send(Readable.from(lines));
  });

  app.post("/failed/retry", async (request, reply) => {
    const { connection: id = "", group, job, without } = textFields(request.body);
    const connection = await store.get(id);
    if (!connection) return reply.callNotFound();
    const queue = queues.of(id);
    const jobIds = job === undefined ? await jobIdsOf(group) : [job];
    async function jobIdsOf(wanted: string | undefined): Promise<string[]> {
      if (wanted === undefined) {
        const jobs = await queue.getFailedCount();
        return queue.getRanges(["failed"], 0, jobs - 1);
      }
      const groups = await groupByReason(
        failedMessages({ connection: { id, name: "" }, queue }, groupedJobs),
      );
      return [...(groups.find(({ key }) => key === wanted)?.jobIds ?? [])];
    }
    const left = without === "overtaken" ? await overtakenJobs(redis, connection, queue) : new Set();
    const retried = await retryJobs(
      queue,
      jobIds.filter((jobId) => !left.has(jobId)),
    );
    await wake(redis, id);
    request.log.info({ connection: id, retried, action: "retry" }, "changed in the dashboard");
    const query = new URLSearchParams({ connection: id, retried: String(retried) });
    return reply.redirect(`/failed?${query}`, 303);
  });
}

import { type Connection, linesWhere, previewReplay } from "@customerio-router/connections";
import { changeReplay, listReplays, type ReplayChange, startReplay } from "@customerio-router/queue";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { badQuery } from "../delivery/ledger-query.ts";
import type { MessagesContext } from "../messages/messages-context.ts";
import { sendPage } from "../page/send-page.ts";
import { type TextFields, textFields } from "../page/text-fields.ts";
import { dryRunPage } from "./dry-run-page.ts";
import { readWish } from "./read-wish.ts";
import type { NamedReplay } from "./replay-list.ts";
import { replayPage } from "./replay-page.ts";

/** A person waits for the page: what is left then, the command line looks at. */
const previewMs = 5_000;

const changes: { [change: string]: ReplayChange } = { pause: "pause", resume: "resume", cancel: "cancel" };

const noArchive =
  "The dashboard does not see the workers' archive: there is no dry run. Share one folder between all workers and dashboards, or set ARCHIVE_URL to a bucket.";

/** `GET /replay`, `GET /replay/dry-run`, `POST /replay/start`, `POST /replay/change`. */
export function replayRoutes(app: FastifyInstance, context: MessagesContext): void {
  const { store, redis, privacy, archive } = context;

  app.get("/replay", (request, reply) => show(request, reply, { fields: textFields(request.query) }));

  app.get("/replay/dry-run", async (request, reply) => {
    const fields = textFields(request.query);
    const [wish, named] = [readWish(fields), await findBoth(fields)];
    if (!named) return reply.callNotFound();
    const { source, target } = named;
    const seen = await archive.find();
    if (!seen) return show(request, reply, { fields, problem: noArchive, status: 409 });
    async function* lines() {
      if (seen === undefined) return;
      for await (const { line } of linesWhere(seen.readAll(source.id, wish.filter), wish.filter)) yield line;
    }
    const { compiled } = await context.rules.open(target.id);
    const options = { lines: lines(), target, rules: compiled, wish, archive: seen, budgetMs: previewMs };
    const preview = await previewReplay(options);
    return sendPage(reply, dryRunPage({ preview, source, target, fields, privacy, viewer: request.viewer }));
  });

  app.post("/replay/start", async (request, reply) => {
    const fields = textFields(request.body);
    const [wish, named] = [readWish(fields), await findBoth(fields)];
    if (!named) return reply.callNotFound();
    const { source, target } = named;
    const expected = Number(fields.expected);
    const { id } = await startReplay(redis, target.id, {
      ...wish,
      sourceId: source.id,
      startedBy: "dashboard",
      ...(expected > 0 && { expected }),
    });
    request.log.info({ connection: target.id, replay: id, action: "replay" }, "changed in the dashboard");
    return reply.redirect("/replay", 303);
  });

  app.post("/replay/change", async (request, reply) => {
    const { connection: connectionId = "", id = "", change = "" } = textFields(request.body);
    const wished = Object.hasOwn(changes, change) ? changes[change] : undefined;
    if (wished === undefined) throw badQuery("`change` must be pause, resume or cancel.");
    if (!(await store.get(connectionId))) return reply.callNotFound();
    const state = await changeReplay(redis, { connectionId, id }, wished);
    if (state === undefined) return reply.callNotFound();
    request.log.info({ connection: connectionId, replay: id, action: wished }, "changed in the dashboard");
    return reply.redirect("/replay", 303);
  });

  /** The connection that is read, and the one that gets the messages. */
  async function findBoth(
    fields: TextFields,
  ): Promise<{ source: Connection; target: Connection } | undefined> {
    const source = await store.get(fields.connection ?? "");
    const target = fields.target ? await store.get(fields.target) : source;
    return source && target && { source, target };
  }

  async function show(
    { viewer }: FastifyRequest,
    reply: FastifyReply,
    { fields, problem, status = 200 }: { fields: TextFields; problem?: string; status?: number },
  ) {
    const connections = await store.list();
    const all = await Promise.all(
      connections.map(async ({ id, name }) =>
        (await listReplays(redis, id)).map((replay): NamedReplay => ({ replay, connection: name })),
      ),
    );
    const replays = all.flat().sort((one, other) => other.replay.createdAtMs - one.replay.createdAtMs);
    return sendPage(reply, replayPage({ connections, replays, fields, problem, privacy, viewer }), status);
  }
}

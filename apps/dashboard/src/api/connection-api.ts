import type { ConnectionPatch } from "@customerio-router/connections";
import { wake } from "@customerio-router/queue";
import type { FastifyInstance } from "fastify";
import { checkKeys } from "../connections/form/check-keys.ts";
import { readKeys } from "../connections/form/read-keys.ts";
import { type NewConnection, saveNewConnection } from "../connections/form/save-connection.ts";
import { deleteConnection } from "../connections/remove/delete-connection.ts";
import type { ApiContext } from "./api-context.ts";
import { readConnectionView } from "./connection-view.ts";
import { connection, connectionPatch, inPath, keyCheck, newConnection, problem } from "./schemas.ts";

type Path = { Params: { id: string } };

const tags = ["connections"];

/** `/api/connections` */
export function connectionApi(app: FastifyInstance, context: ApiContext): void {
  const { store, redis, queues } = context;
  const view = (id: string) => readConnectionView(context, id);
  const list = { type: "object", properties: { connections: { type: "array", items: connection } } };

  app.get(
    "/connections",
    { schema: { tags, summary: "All connections and how they stand", response: { 200: list } } },
    async () => ({ connections: await Promise.all((await store.list()).map(({ id }) => view(id))) }),
  );

  app.post<{ Body: Omit<NewConnection["input"], "region"> & Pick<NewConnection, "apiKey" | "region"> }>(
    "/connections",
    {
      schema: {
        tags,
        summary: "Make a connection; it takes calls at once",
        body: newConnection,
        response: { 201: connection, 422: problem },
      },
    },
    async (request, reply) => {
      const { apiKey, region, ...input } = request.body;
      const saved = await saveNewConnection(context, { input, apiKey, region });
      if (!saved.ok) return reply.code(422).send({ error: "Not saved.", problems: saved.problems });
      return reply.code(201).send(await view(saved.id));
    },
  );

  app.get<Path>(
    "/connections/:id",
    {
      schema: {
        tags,
        summary: "One connection",
        params: inPath,
        response: { 200: connection, 404: problem },
      },
    },
    async (request, reply) => (await view(request.params.id)) ?? reply.callNotFound(),
  );

  app.patch<Path & { Body: ConnectionPatch }>(
    "/connections/:id",
    {
      schema: {
        tags,
        summary: "Change the given fields of a connection; `settings` replaces all settings",
        params: inPath,
        body: connectionPatch,
        response: { 200: connection, 404: problem, 422: problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const saved = await store.update(id, request.body);
      if (!saved) return reply.callNotFound();
      return saved.ok ? view(id) : reply.code(422).send({ error: "Not saved.", problems: saved.problems });
    },
  );

  app.delete<Path>(
    "/connections/:id",
    {
      schema: {
        tags,
        summary: "Delete a connection with everything that still waits",
        params: inPath,
        response: { 204: { type: "null" }, 404: problem },
      },
    },
    async (request, reply) => {
      const isGone = await deleteConnection(context, request.params.id);
      return isGone ? reply.code(204).send(null) : reply.callNotFound();
    },
  );

  app.post<Path>(
    "/connections/:id/test",
    {
      schema: {
        tags,
        summary: "Ask Customer.io whether the keys are good",
        params: inPath,
        response: { 200: keyCheck, 404: problem },
      },
    },
    async (request, reply) => {
      const former = await store.get(request.params.id);
      if (!former) return reply.callNotFound();
      const { siteId, trackUrl, region } = former;
      const read = await readKeys(
        context,
        { input: { siteId, ...(trackUrl !== undefined && { trackUrl }) }, apiKey: "", region },
        former,
      );
      return read.ok ? checkKeys(read.keys) : read;
    },
  );

  for (const action of ["pause", "resume"] as const) {
    app.post<Path>(
      `/connections/:id/${action}`,
      {
        schema: {
          tags,
          summary: action === "pause" ? "Keep what comes, deliver nothing" : "Deliver again",
          params: inPath,
          response: { 200: connection, 404: problem },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        if (!(await store.get(id))) return reply.callNotFound();
        await queues.of(id)[action]();
        await wake(redis, id);
        return view(id);
      },
    );
  }
}

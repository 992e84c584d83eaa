import type { FastifyInstance } from "fastify";
import { ZodError } from "zod";
import { describeFaultProblems, faultsSchema } from "../faults/fault.ts";
import type { FaultList } from "../faults/fault-list.ts";
import type { Memory } from "../memory/memory.ts";
import { findActivities, findPerson, listPeople } from "../memory/queries.ts";
import { acceptRawBodies, readRawBody } from "../raw-body.ts";
import type { RequestLog } from "../track/request-log.ts";
import { activityQuery, orderedQuery, pageQuery } from "./query.ts";
import { viewActivity, viewPerson } from "./views.ts";

const faultsLimitBytes = 1_000_000;

/** What the sandbox knows and how it is told to misbehave, as JSON. Never touched by faults, and open to all. */
export function addApiRoutes(
  app: FastifyInstance,
  { memory, faults, requests }: { memory: Memory; faults: FaultList; requests: RequestLog },
): void {
  const { workspace, ledger, counts } = memory;
  acceptRawBodies(app, { limitBytes: faultsLimitBytes });
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof ZodError)) return reply.send(error);
    return reply.code(400).send({ errors: describeFaultProblems(error) });
  });

  app.get("/api/people", ({ query }) => {
    const { entries, next } = listPeople(workspace, pageQuery.parse(query));
    return { people: entries.map(([, person]) => viewPerson(person)), next };
  });

  app.get<{ Params: { id: string } }>("/api/people/:id", ({ params }, reply) => {
    const person = findPerson(workspace, params.id);
    return person === undefined ? reply.code(404).send({ errors: ["no such person"] }) : viewPerson(person);
  });

  app.get("/api/activity", ({ query }) => {
    const { order = "newest", ...rest } = activityQuery.parse(query);
    const { entries, next } = findActivities(workspace, { order, ...rest });
    return { activity: entries.map(viewActivity), next };
  });

  app.get("/api/operations", ({ query }) => {
    const { order = "oldest", ...rest } = orderedQuery.parse(query);
    const { entries, next } = ledger.page({ order, ...rest });
    return { operations: entries.map(([number, entry]) => ({ number, ...entry })), next };
  });

  app.get("/api/requests", ({ query }) => {
    const { order = "newest", ...rest } = orderedQuery.parse(query);
    const { entries, next } = requests.page({ order, ...rest });
    return { requests: entries.map(([number, entry]) => ({ number, ...entry })), next };
  });

  app.get("/api/counts", () => ({
    ...counts,
    people: workspace.people.all.size,
    objects: workspace.objects.size,
    activities: workspace.activities.size,
  }));

  app.delete("/api/memory", (_request, reply) => {
    memory.forget();
    requests.clear();
    return reply.code(204).send();
  });

  app.get("/api/faults", () => ({ faults: faults.list() }));

  app.put("/api/faults", ({ body }) => {
    faults.set(faultsSchema.parse(readRawBody(body).json));
    return { faults: faults.list() };
  });

  app.delete("/api/faults", (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
}

import { readFileSync } from "node:fs";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { activityQuery, pageQuery } from "../api/query.ts";
import type { FaultList } from "../faults/fault-list.ts";
import type { Memory } from "../memory/memory.ts";
import { nameOf } from "../memory/people/person.ts";
import { activityPage } from "./activity-page.ts";
import { type Html, html } from "./html.ts";
import { layout } from "./layout.ts";
import { overviewPage } from "./overview-page.ts";
import { peoplePage } from "./people-page.ts";
import { personPage } from "./person-page.ts";

/** Later ones override earlier ones. */
const styles = ["theme", "frame", "content", "pieces", "table", "narrow"];

const assets = {
  "/style.css": {
    type: "text/css; charset=utf-8",
    body: styles.map((name) => read(`styles/${name}.css`)).join("\n"),
  },
  "/favicon.svg": { type: "image/svg+xml", body: read("favicon.svg") },
} as const;

const headers = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** A form sends blank fields as empty strings. */
const filled = z.preprocess((query) => {
  const given = Object.entries(query as object).filter(([, value]) => value !== "");
  return Object.fromEntries(given);
}, activityQuery);

/** Pages for people: rendered on the server, without scripts or external assets. */
export function addPageRoutes(
  app: FastifyInstance,
  { memory, faults }: { memory: Memory; faults: FaultList },
): void {
  for (const [url, { type, body }] of Object.entries(assets)) {
    app.get(url, (_request, reply) => reply.headers(headers).type(type).send(body));
  }

  app.get("/", (request, reply) => show(request, reply, "Overview", overviewPage(memory)));

  app.get("/people", (request, reply) =>
    show(request, reply, "People", peoplePage(memory, pageQuery.parse(request.query))),
  );

  app.get<{ Params: { cioId: string } }>("/people/:cioId", (request, reply) => {
    const person = memory.workspace.people.find({ cio_id: request.params.cioId });
    if (person === undefined) {
      const gone = html`<h1>Person not found</h1><p>This person was deleted or never existed.</p>`;
      return show(request, reply.code(404), "Person not found", gone);
    }
    return show(request, reply, nameOf(person), personPage(memory, person));
  });

  app.get("/activity", (request, reply) =>
    show(request, reply, "Activity", activityPage(memory, filled.parse(request.query))),
  );

  function show(request: FastifyRequest, reply: FastifyReply, title: string, main: Html): FastifyReply {
    const isLive = (request.query as { live?: unknown }).live === "on";
    const frame = { title, url: request.url, isLive, faultsInForce: faults.list().length };
    return reply.headers(headers).type("text/html; charset=utf-8").send(layout(frame, main));
  }
}

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}

import type { FastifyInstance } from "fastify";
import type { FaultList } from "../faults/fault-list.ts";
import { misbehave, type Perform, send } from "../faults/misbehave.ts";
import type { Memory } from "../memory/memory.ts";
import { acceptRawBodies, readRawBody } from "../raw-body.ts";
import { createKeyCheck, type KeyPair, unauthorized } from "./keys.ts";
import { type Region, regionRoute } from "./region-route.ts";
import type { RequestLog } from "./request-log.ts";
import { takeItems } from "./take.ts";
import type { Call } from "./track-route.ts";
import { v1Routes } from "./v1-routes.ts";
import { v2Routes } from "./v2-routes.ts";

/** Larger bodies are refused unread; every limit of Customer.io's is far below. */
const readableBodyBytes = 10_000_000;

type TrackApiOptions = {
  memory: Memory;
  faults: FaultList;
  requests: RequestLog;
  keys: readonly KeyPair[];
  region: Region;
  environmentId: number;
  now: () => number;
};

/** The Track API: each request is read, befallen by a fault or not, authenticated, taken, answered and logged. */
export function addTrackApi(app: FastifyInstance, options: TrackApiOptions): void {
  const { memory, faults, requests, now } = options;
  const isKnown = createKeyCheck(options.keys);
  const closing = new AbortController();
  app.addHook("preClose", async () => closing.abort());
  acceptRawBodies(app, { limitBytes: readableBodyBytes });

  for (const route of [...v2Routes, ...v1Routes, regionRoute(options)]) {
    const { method, url } = route;
    app.route({
      method,
      url,
      async handler(request, reply) {
        const receivedAtMs = now();
        const call: Call = { params: request.params as Call["params"], ...readRawBody(request.body) };
        const reading = route.read(call);
        const operations = "items" in reading ? reading.items.map(({ operation }) => operation) : [];
        const perform: Perform = (refusal) => {
          if (!isKnown(request.headers.authorization)) return unauthorized;
          if ("refused" in reading) return reading.refused;
          const { isAllOrNothing } = route;
          return route.answer(
            takeItems(reading.items, { memory, nowMs: receivedAtMs, isAllOrNothing, refusal }),
          );
        };
        const fault = faults.choose({ method, path: request.url, operations });
        const status =
          fault === null
            ? send(reply, perform())
            : await misbehave(faults.at(fault), { reply, perform, closing: closing.signal });
        requests.add({
          receivedAtMs,
          method,
          path: request.url,
          status,
          operations: operations.length,
          bodyBytes: call.bodyBytes,
          fault,
        });
        return reply;
      },
    });
  }
}

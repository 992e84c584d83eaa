import { readRegion } from "./read-region.ts";
import { readReply } from "./replies/read-reply.ts";
import type { ReadReply, Region, RegionReply, Reply } from "./replies/reply.ts";
import { type EventOperation, eventBody, eventPath } from "./requests/event-request.ts";
import { type MetricOperation, metricBody, metricPath } from "./requests/metric-request.ts";
import { createTrackRequests } from "./requests/track-requests.ts";
import { trackHosts } from "./track-hosts.ts";

export type CustomerioClientOptions = {
  siteId: string;
  apiKey: string;
  /** Decides the host, unless `trackUrl` names another one (`https://host`, without a slash at the end). */
  region?: Region;
  trackUrl?: string;
  /** From sending the request to the last byte of its reply. */
  deadlineMs?: number;
  /** Size of an unpacked reply; one that is longer is not read on. */
  maxReplyBytes?: number;
};

/** Customer.io's Track API for one workspace. Whatever happens comes back as a reply; nothing is thrown. */
export type CustomerioClient = {
  /**
   * `POST /api/v2/batch`. Each operation is JSON already; all together stay under 500 KB. A request whose signal is aborted
   * comes back as unavailable.
   */
  sendBatch(operations: readonly string[], signal?: AbortSignal): Promise<Reply>;
  /** `POST /api/v1/customers/{identifier}/events`, for an event too large for a batch. */
  sendEvent(operation: EventOperation, signal?: AbortSignal): Promise<Reply>;
  /** `POST /api/v1/metrics`, for what became of a delivery. */
  sendMetric(operation: MetricOperation, signal?: AbortSignal): Promise<Reply>;
  /** `GET /api/v1/accounts/region`: tests the keys and tells where their workspace lives; either host answers. */
  findRegion(): Promise<RegionReply>;
  /** Closes the connections; a request still under way comes back as unavailable. */
  close(): void;
};

export function createCustomerioClient(options: CustomerioClientOptions): CustomerioClient {
  const { siteId, apiKey, region = "us", deadlineMs = 20_000, maxReplyBytes = 2_000_000 } = options;
  const url = (options.trackUrl ?? trackHosts[region]).replace(/\/+$/, "");
  const mayBePrivate = options.trackUrl !== undefined;
  const requests = createTrackRequests({ url, siteId, apiKey, deadlineMs, maxReplyBytes, mayBePrivate });

  async function post(path: string, json: string, operations: number, signal?: AbortSignal): Promise<Reply> {
    const body = Buffer.from(json);
    const startedAt = performance.now();
    const reply = await requests.send({ method: "POST", path, body, ...(signal && { signal }) });
    const read: ReadReply =
      "why" in reply ? { kind: "unavailable", why: reply.why } : readReply(reply, operations);
    return { ...read, durationMs: performance.now() - startedAt, bytes: body.length };
  }

  return {
    sendBatch(operations, signal) {
      return post("/api/v2/batch", `{"batch":[${operations.join(",")}]}`, operations.length, signal);
    },

    async sendEvent(operation, signal) {
      const path = eventPath(operation.identifiers);
      if (path !== undefined) return aboutOne(await post(path, eventBody(operation), 1, signal));
      const reason = "its identifier does not fit into the path of the v1 events endpoint";
      return { kind: "rejected", reason, durationMs: 0, bytes: 0 };
    },

    async sendMetric(operation, signal) {
      return aboutOne(await post(metricPath, metricBody(operation), 1, signal));
    },

    async findRegion() {
      const reply = await requests.send({ method: "GET", path: "/api/v1/accounts/region" });
      return "why" in reply ? { kind: "unavailable", why: reply.why } : readRegion(reply);
    },

    close: () => requests.close(),
  };
}

/** A 404 is about the person or the delivery that the one operation names, not about the address. */
function aboutOne(reply: Reply): Reply {
  if (reply.kind !== "misconfigured" || reply.status !== 404) return reply;
  const { status, durationMs, bytes } = reply;
  return { kind: "rejected", status, reason: "answered 404: not found", durationMs, bytes };
}

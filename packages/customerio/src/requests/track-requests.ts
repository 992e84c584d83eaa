import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { AxiosError, AxiosInstance, AxiosResponse } from "axios";
import { lookupPublic, privateAddressCode } from "../public-lookup.ts";
import type { HttpReply } from "../replies/read-reply.ts";

/** Idle connections are closed before the balancers in between, which do so after 60 s, drop them silently. */
const idleConnectionMs = 50_000;

/** Something shorter may be part of any reply, and replacing it would garble the JSON. */
const shortestSecretLength = 8;

type TrackRequest = { method: "GET" | "POST"; path: string; body?: Buffer; signal?: AbortSignal };

/** `why` is a sentence's end: why no whole reply came. */
type NoReply = { why: string };

/**
 * Made for the first request: thousands of connections may send nothing for days. axios is loaded only then: it takes a
 * tenth of the CPU of a process's start, and most processes send nothing to Customer.io.
 */
type Opened = { http: AxiosInstance; agents: HttpAgent[] };

/** HTTP to one host with one pair of keys, over connections kept alive. */
type TrackRequests = {
  /** Never rejects. What comes back holds neither credentials nor anything that was sent. */
  send(request: TrackRequest): Promise<HttpReply | NoReply>;
  close(): void;
};

export function createTrackRequests(options: {
  url: string;
  siteId: string;
  apiKey: string;
  deadlineMs: number;
  maxReplyBytes: number;
  /** False: a name that leads to this machine or a private network is refused at connect. */
  mayBePrivate: boolean;
}): TrackRequests {
  const { url, siteId, apiKey, deadlineMs, maxReplyBytes, mayBePrivate } = options;
  const credentials = Buffer.from(`${siteId}:${apiKey}`).toString("base64");
  const agentOptions = {
    keepAlive: true,
    timeout: idleConnectionMs,
    ...(!mayBePrivate && { lookup: lookupPublic }),
  };
  let opened: Promise<Opened> | undefined;

  async function open(): Promise<Opened> {
    const { default: axios } = await import("axios");
    const httpAgent = new HttpAgent(agentOptions);
    // Said explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn the check of certificates off.
    const httpsAgent = new HttpsAgent({ ...agentOptions, rejectUnauthorized: true });
    const http = axios.create({
      adapter: "http",
      httpAgent,
      httpsAgent,
      proxy: false,
      maxRedirects: 0,
      // Counts unpacked bytes.
      maxContentLength: maxReplyBytes,
      responseType: "arraybuffer",
      // axios would parse a body that is JSON already, and cost more than all else of a request.
      transformRequest: [(body: unknown) => body],
      transformResponse: [(body: unknown) => body],
      validateStatus: () => true,
      headers: {
        authorization: `Basic ${credentials}`,
        accept: "application/json",
        "content-type": "application/json",
        "user-agent": "customerio-router",
      },
    });
    return { http, agents: [httpAgent, httpsAgent] };
  }

  /** A reply that repeats its request, as error pages of proxies do, must not carry the keys into logs. */
  function scrub(text: string): string {
    const secrets = [credentials, apiKey].filter((secret) => secret.length >= shortestSecretLength);
    return secrets.reduce((scrubbed, secret) => scrubbed.replaceAll(secret, "[secret]"), text);
  }

  return {
    async send({ method, path, body, signal }) {
      try {
        opened ??= open();
        const { http } = await opened;
        const response: AxiosResponse<Buffer> = await http.request({
          method,
          url: `${url}${path}`,
          ...(body && { data: body }),
          // axios's own timeout restarts with every byte; this one ends a reply that trickles.
          signal: withDeadline(deadlineMs, signal),
        });
        const retryAfter: unknown = response.headers["retry-after"];
        return {
          status: response.status,
          body: scrub(response.data.toString()),
          ...(typeof retryAfter === "string" && { retryAfter }),
        };
      } catch (error) {
        if (signal?.aborted) return { why: "the request was aborted" };
        return { why: describeFailure(error, { deadlineMs, maxReplyBytes }) };
      }
    },

    close() {
      void opened?.then(({ agents }) => agents.forEach((agent) => void agent.destroy()));
    },
  };
}

function withDeadline(deadlineMs: number, signal: AbortSignal | undefined): AbortSignal {
  const deadline = AbortSignal.timeout(deadlineMs);
  return signal ? AbortSignal.any([deadline, signal]) : deadline;
}

/** Of the error only its code is kept: an AxiosError holds the password, the headers and the body. */
function describeFailure(error: unknown, limits: { deadlineMs: number; maxReplyBytes: number }): string {
  const { code } = error as Partial<AxiosError>;
  if (code === "ERR_CANCELED") return `no complete reply within ${limits.deadlineMs} ms`;
  if (code === "ERR_BAD_RESPONSE")
    return `a reply that was cut off, or is larger than ${limits.maxReplyBytes} bytes`;
  if (code === privateAddressCode) return "no request was made: the host name resolves to a private address";
  return `no reply (${code ?? "unknown error"})`;
}

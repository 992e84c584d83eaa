import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { ArrivedOperation } from "@customerio-router/fixtures";

/** What the tests read of an operation that arrived. */
export type Arrived = ArrivedOperation & { type: string; action: string; name?: string };

/** Somebody else's stand-in for Customer.io: it takes batches, keeps them, and checks keys. */
export type Destination = AsyncDisposable & {
  url: string;
  /** What was taken, in order of arrival. */
  arrived: Arrived[];
  /** Decides on each request that is in order by its operations; by default nothing befalls it. */
  misbehave: (operations: Arrived[]) => Fault | undefined;
  /** Breaks the connections of requests that were not answered. */
  hangUp(): void;
};

/** What befalls a request instead of an answer of 200. */
export type Fault = {
  /** Whether its operations are taken all the same. */
  takes?: boolean;
  answer: { status: number; headers?: Record<string, string> } | "reset" | "silence";
  /** It is not answered before. */
  until?: Promise<void>;
};

const keys = { siteId: "a-site", apiKey: "an-api-key" };

export { keys as destinationKeys };

/**
 * Listens on 127.0.0.1 and answers each batch after `latencyMs`. It takes a batch up to `unevenMs` after it came, so
 * that of requests under way side by side a later one may be taken first.
 */
export async function startDestination({ latencyMs = 0, unevenMs = 0 } = {}): Promise<Destination> {
  const arrived: Arrived[] = [];
  const authorization = `Basic ${Buffer.from(`${keys.siteId}:${keys.apiKey}`).toString("base64")}`;

  const server = createServer(async (request, reply) => {
    const body = await readBody(request).catch(() => undefined);
    // Who sent it was killed in the middle.
    if (body === undefined) return;
    const { takes, answer, until } = judge(request, body);
    if (takes && unevenMs > 0) await delay(Math.random() * unevenMs);
    if (takes) arrived.push(...operationsOf(body));
    if (answer === "silence") return;
    await Promise.all([delay(latencyMs), until]);
    if (answer === "reset") return request.socket.resetAndDestroy();
    reply.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    reply.end('{"region":"us"}');
  });

  function judge(request: IncomingMessage, body: string): Fault {
    if (request.method === "GET" && request.url === "/api/v1/accounts/region") return judgeKeys(request);
    if (request.method !== "POST" || request.url !== "/api/v2/batch") return { answer: { status: 404 } };
    if (request.headers.authorization !== authorization) return { answer: { status: 401 } };
    return destination.misbehave(operationsOf(body)) ?? { takes: true, answer: { status: 200 } };
  }

  /** What befalls requests befalls the check of the keys too. */
  function judgeKeys({ headers }: IncomingMessage): Fault {
    if (headers.authorization !== authorization) return { answer: { status: 401 } };
    return destination.misbehave([]) ?? { answer: { status: 200 } };
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const destination: Destination = {
    url: `http://127.0.0.1:${port}`,
    arrived,
    misbehave: () => undefined,
    hangUp: () => server.closeAllConnections(),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return destination;
}

function operationsOf(body: string): Arrived[] {
  return (JSON.parse(body) as { batch: Arrived[] }).batch;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  return body;
}

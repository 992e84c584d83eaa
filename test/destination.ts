import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { ArrivedOperation } from "@customerio-router/fixtures";

/** What the tests read of an operation that arrived. */
export type Arrived = ArrivedOperation & { type: string; action: string; name?: string };

/** Somebody else's stand-in for Customer.io: it knows one route, and keeps what it takes. */
export type Destination = AsyncDisposable & {
  url: string;
  /** What was taken, in order of arrival. */
  arrived: Arrived[];
  /** Decides on each request that is in order; by default nothing befalls it. */
  misbehave: () => Misdeed | undefined;
};

/** What befalls a request instead of an answer of 200. */
export type Misdeed = {
  /** Whether its operations are taken all the same. */
  takes?: boolean;
  answer: { status: number; headers?: Record<string, string> } | "reset" | "silence";
};

const keys = { siteId: "a-site", apiKey: "an-api-key" };

export { keys as destinationKeys };

/** Listens on 127.0.0.1 and answers each batch after `latencyMs`. */
export async function startDestination({ latencyMs = 0 } = {}): Promise<Destination> {
  const arrived: Arrived[] = [];
  const authorization = `Basic ${Buffer.from(`${keys.siteId}:${keys.apiKey}`).toString("base64")}`;

  const server = createServer(async (request, reply) => {
    const body = await readBody(request).catch(() => undefined);
    // Who sent it was killed in the middle.
    if (body === undefined) return;
    const { takes, answer } = judge(request);
    if (takes) arrived.push(...(JSON.parse(body) as { batch: Arrived[] }).batch);
    if (answer === "silence") return;
    setTimeout(() => {
      if (answer === "reset") return request.socket.resetAndDestroy();
      reply.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
      reply.end("{}");
    }, latencyMs);
  });

  function judge(request: IncomingMessage): Misdeed {
    if (request.method !== "POST" || request.url !== "/api/v2/batch") return { answer: { status: 404 } };
    if (request.headers.authorization !== authorization) return { answer: { status: 401 } };
    return destination.misbehave() ?? { takes: true, answer: { status: 200 } };
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const destination: Destination = {
    url: `http://127.0.0.1:${port}`,
    arrived,
    misbehave: () => undefined,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return destination;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  return body;
}

import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";

/**
 * What befalls a request: an answer of a load balancer that finds no intake (`503`), of an intake that asks for patience
 * (`429`), or a connection that is reset: before the intake sees the request or, every second time, after it has
 * answered, its answer lost.
 */
export type HttpFault = "503" | "429" | "reset";

/** An HTTP proxy in front of the intake that knows what the intake took. */
export type HttpFaultProxy = AsyncDisposable & {
  url: string;
  /** Befalls every request from now on; undefined ends it. */
  fault: HttpFault | undefined;
  /** Names of the events the intake acknowledged, whether or not the client heard of it. */
  readonly taken: ReadonlySet<string>;
  /** How many requests suffered a fault. */
  readonly faulty: number;
  /** How long ago the last request came. */
  quietMs(): number;
};

export async function startHttpFaultProxy(targetUrl: string): Promise<HttpFaultProxy> {
  const taken = new Set<string>();
  let fault: HttpFault | undefined;
  let faulty = 0;
  let resets = 0;
  let lastRequestAt = performance.now();

  async function forward(incoming: IncomingMessage, body: Buffer) {
    const { method, url, headers } = incoming;
    const outgoing = request(`${targetUrl}${url}`, { method, headers, agent: false }).end(body);
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    const answerBody = await buffer(answer);
    if (answer.statusCode === 200) for (const event of eventsOf(body, headers)) taken.add(event);
    return { status: answer.statusCode ?? 502, headers: answer.headers, body: answerBody };
  }

  async function serve(incoming: IncomingMessage, reply: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    lastRequestAt = performance.now();
    if (fault === undefined) {
      const answer = await forward(incoming, body);
      reply.writeHead(answer.status, answer.headers).end(answer.body);
      return;
    }
    faulty += 1;
    if (fault === "503") reply.writeHead(503, { "content-type": "text/html" }).end("no backend");
    else if (fault === "429") reply.writeHead(429, asTheIntake).end('{"success":false}');
    else {
      resets += 1;
      if (resets % 2 === 0) await forward(incoming, body);
      incoming.socket.resetAndDestroy();
    }
  }

  const server = createServer((incoming, reply) => {
    serve(incoming, reply).catch(() => incoming.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    taken,
    get fault() {
      return fault;
    },
    set fault(next) {
      fault = next;
    },
    get faulty() {
      return faulty;
    },
    quietMs: () => performance.now() - lastRequestAt,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

const asTheIntake = {
  "content-type": "application/json",
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "retry-after",
  "retry-after": "1",
};

/** The events of a request of any SDK. */
function eventsOf(body: Buffer, headers: IncomingMessage["headers"]): string[] {
  if (body.length === 0) return [];
  const text = (headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString();
  const parsed = JSON.parse(text) as { event?: string; batch?: { event?: string }[] };
  return (parsed.batch ?? [parsed]).flatMap(({ event }) => event ?? []);
}

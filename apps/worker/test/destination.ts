import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An item of a batch as it came over the wire. */
export type Item = {
  action: string;
  identifiers: { id?: string };
  id?: string;
  name?: string;
  attributes?: { [name: string]: unknown };
};

export type Received = { path: string; items: Item[]; atMs: number };

/** What is answered; a function answers by itself. Undefined: 200. */
export type Reply =
  | { status: number; body?: unknown; headers?: { [name: string]: string }; afterMs?: number }
  | ((request: IncomingMessage, response: ServerResponse) => void)
  | undefined;

/** A destination that knows nothing but the wire: it remembers every request, and answers as it is told. */
export type Destination = AsyncDisposable & {
  url: string;
  received: Received[];
  /** Decides on each request, in the order they come. */
  reply: (received: Received) => Reply;
  /** The items of requests answered 2xx, in order; an event already seen does not count again. */
  visible(): Item[];
  /** The most requests that were under way at once. */
  readonly maxAtOnce: number;
  /** Breaks the connections of requests that were not answered. */
  hangUp(): void;
};

export async function startDestination(): Promise<Destination> {
  const received: Received[] = [];
  const taken: Item[] = [];
  const seen = new Set<string>();
  let atOnce = 0;
  let maxAtOnce = 0;

  const server = createServer(async (request, response) => {
    atOnce += 1;
    maxAtOnce = Math.max(maxAtOnce, atOnce);
    response.on("close", () => (atOnce -= 1));
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = JSON.parse(Buffer.concat(parts).toString()) as { batch?: Item[] } & Item;
    const one: Received = { path: request.url ?? "", items: body.batch ?? [body], atMs: performance.now() };
    received.push(one);
    const reply = destination.reply(one);
    if (typeof reply === "function") return reply(request, response);
    const { status = 200, body: answer = {}, headers = {}, afterMs = 0 } = reply ?? {};
    if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
    if (status < 300) take(one, answer);
    response.writeHead(status, headers).end(typeof answer === "string" ? answer : JSON.stringify(answer));
  });

  function take({ items }: Received, answer: unknown): void {
    const { errors = [] } = (answer ?? {}) as { errors?: { batch_index: number }[] };
    for (const [index, item] of items.entries()) {
      if (errors.some(({ batch_index }) => batch_index === index)) continue;
      if (item.id !== undefined && seen.has(item.id)) continue;
      if (item.id !== undefined) seen.add(item.id);
      taken.push(item);
    }
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const destination: Destination = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    reply: () => undefined,
    visible: () => taken,
    get maxAtOnce() {
      return maxAtOnce;
    },
    hangUp: () => server.closeAllConnections(),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return destination;
}

import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type CustomerioClient, type CustomerioClientOptions, createCustomerioClient } from "../src/index.ts";

export type Received = { method: string; path: string; headers: IncomingMessage["headers"]; body: string };

export const siteId = "site-id-of-a-test";
export const apiKey = "hunter2-api-key";

/** A real HTTP server that answers as the test says, and a client for it. Closes both. */
export async function startTrackServer(
  answer: (response: ServerResponse, received: Received) => void,
  options: Partial<CustomerioClientOptions> = {},
): Promise<
  AsyncDisposable & { client: CustomerioClient; received: Received[]; url: string; connections: () => number }
> {
  const received: Received[] = [];
  let connections = 0;
  const listener: RequestListener = async (request, response) => {
    let body = "";
    for await (const text of request.setEncoding("utf8")) body += text;
    const one = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
    received.push(one);
    answer(response, one);
  };
  const server = createServer((request, response) => void listener(request, response));
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createCustomerioClient({ siteId, apiKey, trackUrl: url, ...options });
  return {
    client,
    received,
    url,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      client.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A reply with a status, a body and headers. */
export function reply(status: number, body: unknown = "", headers: { [name: string]: string } = {}) {
  const text = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return (response: ServerResponse) => void response.writeHead(status, headers).end(text);
}

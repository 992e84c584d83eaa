import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createLogger, listen, StartError } from "../src/index.ts";

const logger = createLogger({ name: "test", level: "silent" });

async function listenAt(address: { host: string; port: number }): Promise<string> {
  const server = createServer().listen(address);
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return `http://${address.host}`;
}

test("F309 a taken port and a foreign address are each told in a sentence that names the variable", async () => {
  const first = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void first.close());
  await once(first, "listening");
  const { port } = first.address() as { port: number };
  const config = { HOST: "127.0.0.1", WORKER_PORT: port };
  const start = (over: Partial<typeof config> = {}) =>
    listen({ config: { ...config, ...over }, portFrom: "WORKER_PORT", start: listenAt, logger });

  await expect(start()).rejects.toThrow(
    new StartError(
      `port ${port} of 127.0.0.1 is taken: stop what listens there, or set WORKER_PORT to another port`,
    ),
  );
  await expect(start({ HOST: "192.0.2.1" })).rejects.toThrow(/^192\.0\.2\.1 is no address of .* set HOST to/);
  await expect(start({ WORKER_PORT: 0 })).resolves.toBeUndefined();
});

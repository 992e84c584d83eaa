import { type Child, freePort, startProcess } from "@customerio-router/fixtures";
import { type Answer, basic, send } from "./intake-for-tests.ts";

export const writeKey = "a-write-key";

/** An intake as a process of its own, with a connection from its environment. */
export type IntakeProcess = {
  process: Child;
  url: string;
  /** A track with that messageId, or with none, and a text in it. */
  post(messageId?: string, text?: unknown): Promise<Answer>;
  get(path: string): Promise<Answer>;
  readiness(): Promise<{ status: number; problems: string[]; warnings: string[] }>;
  /** What is in its spool, by its metrics. */
  spooledMessages(): Promise<number>;
};

export async function startIntakeProcess(options: {
  redisUrl: string;
  dataDir: string;
  environment?: Record<string, string>;
  /** A path that answers 2xx when it is up; "/livez" while Redis is away. */
  ready?: string;
}): Promise<IntakeProcess> {
  const { redisUrl, dataDir, environment = {}, ready = "/readyz" } = options;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const process = await startProcess({
    entry: "apps/intake/src/main.ts",
    env: {
      REDIS_URL: redisUrl,
      INTAKE_PORT: String(port),
      DATA_DIR: dataDir,
      SECRET_KEY: "hunter2-0123456789abcdef0123456789",
      CUSTOMERIO_SITE_ID: "site",
      CUSTOMERIO_API_KEY: "hunter2-api-key",
      WRITE_KEY: writeKey,
      CONNECTION_NAME: "Shop",
      ...environment,
    },
    ready: new URL(ready, url),
  });
  const headers = { authorization: basic(writeKey) };
  const get = (path: string) => send(`${url}${path}`, { method: "GET" });
  return {
    process,
    url,
    post: (messageId, text) =>
      send(`${url}/v1/track`, {
        method: "POST",
        body: {
          type: "track",
          userId: "u1",
          event: "E",
          messageId,
          ...(typeof text === "string" && { properties: { text } }),
        },
        headers,
      }),
    get,
    async readiness() {
      const { status, body } = await get("/readyz");
      return { status, ...(JSON.parse(body) as { problems: string[]; warnings: string[] }) };
    },
    async spooledMessages() {
      const { body } = await get("/metrics");
      return Number(/^customerio_router_spool_messages (\d+)$/m.exec(body)?.[1]);
    },
  };
}

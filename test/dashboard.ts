import { randomUUID } from "node:crypto";
import { freePort, startProcess } from "@customerio-router/fixtures";
import type { Router } from "./router.ts";

/** What the tests read of a job as Bull Board lists it. */
type ListedJob = {
  id: string;
  failedReason: string;
  data: { entries: { message: { messageId: string } }[] };
};
type ListedQueue = {
  name: string;
  displayName?: string;
  counts: Record<string, number>;
  jobs: ListedJob[];
};

/** Bull Board over HTTP, as a browser that is logged in sees it. */
export type BullBoard = AsyncDisposable & {
  listQueues(status: string): Promise<ListedQueue[]>;
  retry(queue: string, jobId: string): Promise<void>;
};

/** Starts the dashboard of a router and logs in with its one-time code. */
export async function startDashboard(router: Router): Promise<BullBoard> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const code = randomUUID();
  const dashboard = await startProcess({
    entry: "apps/dashboard/src/main.ts",
    env: {
      REDIS_URL: router.redis.url,
      SECRET_KEY: router.env.SECRET_KEY ?? "",
      LOG_LEVEL: "warn",
      DASHBOARD_PORT: String(port),
      DASHBOARD_PASSWORD: "a password",
      DASHBOARD_LOGIN_CODE: code,
    },
    ready: `${url}/readyz`,
  });
  const login = await fetch(`${url}/login?code=${code}`);
  const cookie = login.headers
    .getSetCookie()
    .map((text) => text.split(";")[0])
    .join("; ");

  async function ask(method: string, path: string): Promise<unknown> {
    const answer = await fetch(`${url}/queues/api/queues${path}`, { method, headers: { cookie } });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    const body = await answer.text();
    return body ? JSON.parse(body) : undefined;
  }

  return {
    async listQueues(status) {
      const [first] = ((await ask("GET", "")) as { queues: ListedQueue[] }).queues;
      // Without the name of a queue Bull Board lists the jobs of none.
      if (!first) return [];
      const query = new URLSearchParams({
        activeQueue: first.name,
        status,
        page: "1",
        jobsPerPage: "100",
      });
      return ((await ask("GET", `?${query}`)) as { queues: ListedQueue[] }).queues;
    },
    async retry(queue, jobId) {
      await ask("PUT", `/${encodeURIComponent(queue)}/${jobId}/retry`);
    },
    [Symbol.asyncDispose]: () => dashboard[Symbol.asyncDispose](),
  };
}

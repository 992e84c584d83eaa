import { createSandbox, type Sandbox } from "@customerio-router/customerio-sandbox";
import { type Child, freePort, startProcess, temporaryFolder } from "@customerio-router/fixtures";
import type { DashboardOptions } from "../src/dashboard.ts";
import { type DashboardForTests, secretKey, startDashboard } from "./dashboard-for-tests.ts";

export const keys = { siteId: "site-1", apiKey: "track-key-1" };

/** A dashboard with everything around it: intake, worker, and a stand-in for Customer.io. */
export type RouterForTests = AsyncDisposable & {
  dashboard: DashboardForTests;
  sandbox: Sandbox;
  trackUrl: string;
  intakeUrl: string;
  worker: Child;
  intake: Child;
  /** What its processes get, to start more of them. */
  env: Record<string, string>;
  /** Metrics of intake and worker. */
  readMetrics(): Promise<string>;
  startWorker(more?: Record<string, string>): Promise<Child>;
  /** Sends calls as curl would: `POST /v1/<path>`. */
  send(writeKey: string, path: string, call: object): Promise<Response>;
};

export async function startRouter(
  options: Partial<DashboardOptions> & { port?: number } = {},
): Promise<RouterForTests> {
  const resources = new AsyncDisposableStack();
  const sandbox = await createSandbox({ keys: [keys] });
  resources.defer(() => sandbox.close());
  const trackUrl = await sandbox.start();
  const intakePort = await freePort();
  const workerPort = await freePort();
  const dashboard = resources.use(await startDashboard({ intakePort, ...options }));
  const data = resources.use(await temporaryFolder());
  const env = {
    REDIS_URL: dashboard.server.url,
    SECRET_KEY: secretKey,
    DATA_DIR: data.path,
    ALLOW_CUSTOM_TRACK_URL: "true",
    LOG_LEVEL: "trace",
  };
  const workerUrl = `http://127.0.0.1:${workerPort}`;
  const startWorker = (more: Record<string, string> = {}) =>
    startProcess({
      entry: "apps/worker/src/main.ts",
      env: { ...env, WORKER_PORT: String(workerPort), ...more },
      ready: new URL(`${workerUrl}/readyz`),
    });
  const intakeUrl = `http://127.0.0.1:${intakePort}`;
  const [intake, worker] = await Promise.all([
    startProcess({
      entry: "apps/intake/src/main.ts",
      env: { ...env, INTAKE_PORT: String(intakePort) },
      ready: new URL(`${intakeUrl}/readyz`),
    }),
    startWorker(),
  ]);
  resources.use(worker);
  resources.use(intake);

  return {
    dashboard,
    sandbox,
    trackUrl,
    intakeUrl,
    worker,
    intake,
    env,
    startWorker,
    async readMetrics() {
      const urls = [`${intakeUrl}/metrics`, `${workerUrl}/metrics`];
      return (await Promise.all(urls.map(async (url) => (await fetch(url)).text()))).join("\n");
    },
    send: (writeKey, path, call) =>
      fetch(`${intakeUrl}/v1/${path}`, {
        method: "POST",
        headers: {
          authorization: `Basic ${btoa(`${writeKey}:`)}`,
          "content-type": "application/json",
        },
        body: JSON.stringify(call),
      }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

import { type Connection, createConnectionStore } from "@customerio-router/connections";
import { createSandbox, type Sandbox } from "@customerio-router/customerio-sandbox";
import {
  type Child,
  freePort,
  type Redis,
  startProcess,
  startRedis,
  temporaryFolder,
  waitFor,
} from "@customerio-router/fixtures";
import { connectRedis, isReady, type RedisClient } from "@customerio-router/redis";
import { type SituationName, situations } from "@customerio-router/reports";
import { expect } from "vitest";

const secretKey = "a secret key of at least 32 characters";
const keys = { siteId: "site-of-the-tests", apiKey: "api-key-of-the-tests" };
const ports = { intake: "INTAKE_PORT", worker: "WORKER_PORT", dashboard: "DASHBOARD_PORT" } as const;

type App = keyof typeof ports;

/** A check of the doctor, as `--json` prints it. */
export type Check = { check: string; ok: boolean; text: string; action?: string; runbook?: string };

/** One connection to a sandbox, and what page and doctor say of it. */
export type Installation = AsyncDisposable & {
  redis: Redis;
  client: RedisClient;
  sandbox: Sandbox;
  connection: Connection;
  env: Record<string, string>;
  /** Makes the worker try at once, as entering the keys again does. */
  enterKeys(): Promise<void>;
  start(app: App, more?: Record<string, string>): Promise<Child>;
  send(event: string): Promise<Response>;
  page(): Promise<string>;
  /** Runs `doctor --json`. */
  examine(more?: Record<string, string>): Promise<{ code: number | null; checks: Check[]; output: string }>;
  /** Holds what the doctor says against the runbook. */
  expectDoctorSays(name: SituationName, more?: Record<string, string>): Promise<Check[]>;
  /** The same of the banner, and then of the doctor. */
  expectSaid(name: SituationName): Promise<Check[]>;
  /** Until no page has a banner. */
  untilNoBanner(): Promise<void>;
};

/** The rows of the runbook that a test has seen in the doctor's words. */
export const seen = new Set<SituationName>();

export async function openInstallation(): Promise<Installation> {
  await using opening = new AsyncDisposableStack();
  const redis = opening.use(await startRedis());
  const client = connectRedis({ url: redis.url, profile: "producer" });
  opening.defer(() => client.disconnect());
  await waitFor(() => isReady(client), { what: "Redis" });
  const sandbox = await createSandbox({ keys: [keys] });
  opening.defer(() => sandbox.close());
  const trackUrl = await sandbox.start();
  const data = opening.use(await temporaryFolder());
  const env: Record<string, string> = {
    REDIS_URL: redis.url,
    SECRET_KEY: secretKey,
    DATA_DIR: data.path,
    ALLOW_CUSTOM_TRACK_URL: "true",
    LOG_LEVEL: "warn",
    INTAKE_PORT: String(await freePort()),
    WORKER_PORT: String(await freePort()),
    DASHBOARD_PORT: String(await freePort()),
  };
  const store = createConnectionStore({ redis: client, secretKey, allowCustomTrackUrl: true });
  const saved = await store.create({ name: "Shop", ...keys, region: "us", trackUrl });
  if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
  const { connection } = saved;
  const apps = opening.use(new AsyncDisposableStack());
  const opened = opening.move();
  const urlOf = (app: App) => `http://127.0.0.1:${env[ports[app]]}`;

  const installation: Installation = {
    redis,
    client,
    sandbox,
    connection,
    env,
    async enterKeys() {
      await store.update(connection.id, { apiKey: keys.apiKey });
    },
    async start(app, more = {}) {
      const process = await startProcess({
        entry: `apps/${app}/src/main.ts`,
        env: { ...env, ...more },
        ready: `${urlOf(app)}/readyz`,
      });
      return apps.use(process);
    },
    send: (event) =>
      fetch(`${urlOf("intake")}/v1/track`, {
        method: "POST",
        headers: {
          authorization: `Basic ${btoa(`${connection.writeKey}:`)}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ userId: "u1", event }),
      }),
    async page() {
      return await (await fetch(`${urlOf("dashboard")}/`, { headers: { accept: "text/html" } })).text();
    },
    async examine(more = {}) {
      await using doctor = await startProcess({
        entry: "apps/cli/src/main.ts",
        args: ["doctor", "--json"],
        env: { ...env, ...more },
      });
      const { code } = await doctor.exited;
      expect(doctor.stderr).toBe("");
      const { checks } = JSON.parse(doctor.stdout) as { checks: Check[] };
      return { code, checks, output: doctor.stdout };
    },
    async expectDoctorSays(name, more) {
      const { code, checks, output } = await installation.examine(more);
      const found = checks.find(({ runbook }) => runbook === `docs/runbook.md#${name}`);
      expect(found, output).toMatchObject({ ok: false, action: situations[name].action });
      expect(found?.text.startsWith(situations[name].symptom), output).toBe(true);
      expect(code).toBe(1);
      seen.add(name);
      return checks;
    },
    async expectSaid(name) {
      const banner = `<strong>${situations[name].symptom}</strong>`;
      let page = "";
      const isSaid = async () => {
        page = await installation.page();
        return page.includes(banner) && page.includes(`href="/runbook#${name}"`);
      };
      await waitFor(isSaid, { what: () => `the banner of ${name}; the page was: ${page}` });
      return await installation.expectDoctorSays(name);
    },
    async untilNoBanner() {
      let page = "";
      const isWell = async () => {
        page = await installation.page();
        return !page.includes('class="banner"') && page.includes("<h1>Connections</h1>");
      };
      await waitFor(isWell, { what: () => `the end of the banner; the page was: ${page}` });
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
  return installation;
}

import {
  type ConnectionInput,
  type ConnectionStore,
  createConnectionStore,
} from "@customerio-router/connections";
import { startRedis, waitFor } from "@customerio-router/fixtures";
import { type Backend, createBackend } from "@customerio-router/queue";
import {
  connectRedis,
  isReady,
  type RedisClient,
  type RedisHealth,
  watchRedisHealth,
} from "@customerio-router/redis";
import { createLogger } from "@customerio-router/service";
import { createDashboard, type DashboardOptions } from "../src/dashboard.ts";
import { createVisitor, type Visitor } from "./visitor.ts";

export const password = "correct horse battery staple";
export const loginCode = "one-time-code-for-tests";
export const secretKey = "a secret key for tests, 32 characters";

export type DashboardForTests = AsyncDisposable & {
  url: string;
  redis: RedisClient;
  health: RedisHealth;
  store: ConnectionStore;
  backend: Backend;
  server: Awaited<ReturnType<typeof startRedis>>;
  /** Somebody who has not logged in. */
  visitor(): Visitor;
  /** Somebody who has. */
  operator(): Promise<Visitor>;
  /** Everything logged so far. */
  readonly log: string;
};

/** A dashboard over HTTP with a real redis-server of its own. */
export async function startDashboard({
  port = 0,
  ...options
}: Partial<DashboardOptions> & { port?: number } = {}): Promise<DashboardForTests> {
  const resources = new AsyncDisposableStack();
  const server = resources.use(await startRedis());
  const redis = connectRedis({ url: server.url, profile: "producer" });
  resources.defer(() => void redis.disconnect());
  await waitFor(() => isReady(redis), { what: "Redis" });
  const { allowCustomTrackUrl = true } = options;
  const store = createConnectionStore({ redis, secretKey, allowCustomTrackUrl });
  const lines: string[] = [];
  const logger = createLogger({
    name: "dashboard",
    level: "debug",
    destination: { write: (line) => void lines.push(line) },
  });
  const health = resources.use(watchRedisHealth({ redis, url: server.url, logger }));
  await waitFor(() => health.problem === undefined, { what: "Redis to be probed" });
  const defaults = { health, password, loginCode, allowCustomTrackUrl };
  const dashboard = resources.use(await createDashboard({ redis, store, logger, ...defaults, ...options }));
  const url = await dashboard.listen({ host: "127.0.0.1", port });

  return {
    url,
    redis,
    health,
    store,
    backend: createBackend(redis),
    server,
    visitor: () => createVisitor(url),
    async operator() {
      const visitor = createVisitor(url);
      await visitor.submit("/login", { password });
      return visitor;
    },
    get log() {
      return lines.join("");
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

type OwnInput = Omit<ConnectionInput, "sources">;

export function input(more: Partial<OwnInput> = {}): OwnInput {
  return { name: "Shop", siteId: "site-1", apiKey: "track-key-1", region: "us", ...more };
}

import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { addApiRoutes } from "./api/api-routes.ts";
import { createFaultList, type FaultList } from "./faults/fault-list.ts";
import { createMemory, type Memory, type MemoryOptions } from "./memory/memory.ts";
import { addPageRoutes } from "./pages/page-routes.ts";
import type { KeyPair } from "./track/keys.ts";
import type { Region } from "./track/region-route.ts";
import { createRequestLog, type RequestLog } from "./track/request-log.ts";
import { addTrackApi } from "./track/track-api.ts";

export type SandboxOptions = Partial<MemoryOptions> & {
  /** The pairs it accepts; `defaultKeys` without it. */
  keys?: readonly KeyPair[];
  region?: Region;
  /** What `accounts/region` gives as `environment_id`. */
  environmentId?: number;
  /** How many of the last requests `/api/requests` knows. */
  requestLimit?: number;
  /** Milliseconds since 1970; for tests of what takes days. */
  now?: () => number;
  logger?: FastifyBaseLogger;
};

export type Sandbox = {
  app: FastifyInstance;
  keys: readonly KeyPair[];
  memory: Memory;
  faults: FaultList;
  requests: RequestLog;
  /** Listens, on a free port of this machine unless told otherwise, and returns the URL. */
  start(address?: { host?: string; port?: number }): Promise<string>;
  /** Where it listens: `http://127.0.0.1:3002`. Throws before `start`. */
  readonly url: string;
  close(): Promise<void>;
};

export const defaultKeys: KeyPair = { siteId: "sandbox-site", apiKey: "sandbox-key" };

/** A stand-in for one workspace of Customer.io, which remembers what it was sent and misbehaves on demand. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { keys = [defaultKeys], region = "us", environmentId = 1, now = Date.now } = options;
  const memory = createMemory({
    memory: options.memory ?? "full",
    peopleLimit: options.peopleLimit ?? 50_000,
    activityLimit: options.activityLimit ?? 50_000,
    ledgerLimit: options.ledgerLimit ?? 250_000,
  });
  const faults = createFaultList();
  const requests = createRequestLog(options.requestLimit ?? 1_000);

  const app = Fastify({
    ...(options.logger === undefined ? {} : { loggerInstance: options.logger }),
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    // An identifier of 150 bytes, percent-encoded three for one.
    routerOptions: { maxParamLength: 2_000 },
  });
  await app.register((scope, _options, done) => {
    addTrackApi(scope, { memory, faults, requests, keys, region, environmentId, now });
    done();
  });
  await app.register((scope, _options, done) => {
    addApiRoutes(scope, { memory, faults, requests });
    addPageRoutes(scope, { memory, faults });
    done();
  });

  let url: string | undefined;
  return {
    app,
    keys,
    memory,
    faults,
    requests,
    async start({ host = "127.0.0.1", port = 0 } = {}) {
      url = await app.listen({ host, port });
      return url;
    },
    get url() {
      if (url === undefined) throw new Error("the sandbox has not been started");
      return url;
    },
    close: () => app.close(),
  };
}

import { resolve } from "node:path";
import { isGiven, readEnvironment, redisVariables } from "@customerio-router/service";
import { choosePort } from "./choose-port.ts";

type Source = Record<string, string | undefined>;

/** What the environment says of a start; what concerns the apps alone they read themselves. */
export type StartConfig = ReturnType<typeof readConfig>;

/** Throws EnvironmentError with every problem. Without `REDIS_URL` a Redis of our own is started. */
export function readConfig(source: Source) {
  const config = readEnvironment(source, [
    "INTAKE_PORT",
    "DASHBOARD_PORT",
    "SANDBOX_PORT",
    "WORKER_PORT",
    "HOST",
    "DATA_DIR",
    "SECRET_KEY",
    "DASHBOARD_PASSWORD",
    "SANDBOX_SITE_ID",
    "SANDBOX_API_KEY",
    ...redisVariables.filter((name) => name !== "REDIS_URL" || isGiven(source, name)),
  ]);
  const redisUrl: string | undefined = config.REDIS_URL;
  return { ...config, REDIS_URL: redisUrl, DATA_DIR: resolve(config.DATA_DIR) };
}

/** Where everything will listen, as the free ports allow. */
export type Plan = {
  ports: { intake: number; dashboard: number; sandbox: number; worker: number; redis: number };
  /** As a browser on this machine reaches them. */
  urls: { intake: string; dashboard: string; sandbox: string; worker: string };
};

/** Takes the next free port for each that is taken, and says so. */
export async function makePlan(config: StartConfig): Promise<Plan> {
  const taken = new Set<number>();
  const choose = (what: string, wanted: number, host = config.HOST) =>
    choosePort({ what, wanted, host, taken });
  const ports = {
    intake: await choose("the intake", config.INTAKE_PORT),
    dashboard: await choose("the dashboard", config.DASHBOARD_PORT),
    sandbox: await choose("the sandbox", config.SANDBOX_PORT),
    worker: await choose("the worker", config.WORKER_PORT),
    redis: config.REDIS_URL ? 0 : await choose("Redis", 6379, "127.0.0.1"),
  };
  const url = (port: number) => `http://${reachable(config.HOST)}:${port}`;
  return {
    ports,
    urls: {
      intake: url(ports.intake),
      dashboard: url(ports.dashboard),
      sandbox: url(ports.sandbox),
      worker: url(ports.worker),
    },
  };
}

/** An address that a browser on this machine reaches, for a host to listen on. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

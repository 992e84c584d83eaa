import { resolve } from "node:path";
import {
  basePathOf,
  type EnvironmentVariableName,
  environmentVariables,
  isGiven,
  readEnvironment,
} from "@customerio-router/service";
import { choosePort } from "./choose-port.ts";

type Source = Record<string, string | undefined>;

/** What the environment says of a start. */
export type StartConfig = ReturnType<typeof readConfig>;

/** Every variable of every app: each is read before anything starts. */
const variables = (Object.keys(environmentVariables) as EnvironmentVariableName[]).filter(
  (name) => name !== "OLD_SECRET_KEY" && name !== "DASHBOARD_LOGIN_CODE",
);

/** In place of the secrets that `keepSecrets` makes later. */
const standIns = { SECRET_KEY: "-".repeat(32), DASHBOARD_PASSWORD: "-" };

/** Throws EnvironmentError with every problem. Without `REDIS_URL` a Redis of our own is started. */
export function readConfig(source: Source) {
  const given = <Name extends EnvironmentVariableName, Value>(name: Name, value: Value) =>
    isGiven(source, name) ? value : undefined;
  const made = Object.entries(standIns).filter(([name]) => !isGiven(source, name as keyof typeof standIns));
  const config = readEnvironment(
    { ...source, ...Object.fromEntries(made), ALLOW_CUSTOM_TRACK_URL: "true" },
    variables.filter((name) => name !== "REDIS_URL" || isGiven(source, name)),
  );
  return {
    ...config,
    REDIS_URL: given("REDIS_URL", config.REDIS_URL),
    SECRET_KEY: given("SECRET_KEY", config.SECRET_KEY),
    DASHBOARD_PASSWORD: given("DASHBOARD_PASSWORD", config.DASHBOARD_PASSWORD),
    DATA_DIR: resolve(config.DATA_DIR),
  };
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
      dashboard: url(ports.dashboard) + basePathOf(config.DASHBOARD_URL),
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

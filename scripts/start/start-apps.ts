import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Secrets } from "./keep-secrets.ts";
import type { Plan, StartConfig } from "./plan.ts";
import type { Supervisor } from "./supervisor.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** Their values are known by now. */
const withoutFiles = {
  REDIS_URL_FILE: undefined,
  SECRET_KEY_FILE: undefined,
  DASHBOARD_PASSWORD_FILE: undefined,
  DASHBOARD_LOGIN_CODE_FILE: undefined,
};

/** Starts the four apps and gives the code of the dashboard's one-time link. `source` is passed on to them. */
export async function startApps(options: {
  supervisor: Supervisor;
  config: StartConfig;
  plan: Plan;
  redisUrl: string;
  secrets: Secrets;
  source: Record<string, string | undefined>;
}): Promise<string> {
  const { supervisor, config, plan, redisUrl, secrets, source } = options;
  const { ports, urls } = plan;
  const loginCode = randomBytes(18).toString("base64url");
  const env = {
    ...source,
    REDIS_URL: redisUrl,
    INTAKE_PORT: String(ports.intake),
    DASHBOARD_PORT: String(ports.dashboard),
    SANDBOX_PORT: String(ports.sandbox),
    WORKER_PORT: String(ports.worker),
    DATA_DIR: config.DATA_DIR,
    SECRET_KEY: secrets.secretKey,
    DASHBOARD_PASSWORD: secrets.dashboardPassword,
    DASHBOARD_LOGIN_CODE: loginCode,
    ...withoutFiles,
    LOG_LEVEL: source.LOG_LEVEL || "warn",
    // The sandbox is not one of Customer.io's two hosts.
    ALLOW_CUSTOM_TRACK_URL: "true",
  };
  const start = (name: keyof Plan["urls"], readyPath: string) =>
    supervisor.start({
      name,
      command: process.execPath,
      args: [`${repository}apps/${name}/src/main.ts`],
      env,
      isReady: async () => {
        const answer = await fetch(urls[name] + readyPath, { signal: AbortSignal.timeout(2_000) });
        await answer.body?.cancel();
        return answer.ok;
      },
    });

  // Stopped in the reverse order: nothing new comes in, then what is on its way is delivered.
  await Promise.all([
    start("sandbox", "/readyz"),
    start("worker", "/readyz"),
    start("dashboard", "/readyz"),
    start("intake", "/readyz"),
  ]);
  return loginCode;
}

// `npm start`: everything on this machine, with the sandbox in Customer.io's place, until Ctrl-C.
// `npm start -- --once`: the same until the example calls have arrived; exits 0, or 1 with the reason. What is wrong with
// the command line or the environment is said before anything is installed, started or written.
import { EnvironmentError } from "@customerio-router/service";
import { readArrivals, waitForExamples } from "./start/arrivals.ts";
import { claimFolder } from "./start/claim-folder.ts";
import { readOptions } from "./start/command-line.ts";
import { ensureSandboxConnection } from "./start/ensure-sandbox-connection.ts";
import { sendExamples } from "./start/examples.ts";
import { keepSecrets } from "./start/keep-secrets.ts";
import { makePlan, readConfig } from "./start/plan.ts";
import { describeEverything, formatArrivals } from "./start/screen.ts";
import { startApps } from "./start/start-apps.ts";
import { startRedis } from "./start/start-redis.ts";
import { catchStop, StopError } from "./start/stop.ts";
import { createSupervisor } from "./start/supervisor.ts";

// Whatever this and what it starts write is its owner's alone.
process.umask(0o077);
const { isOnce } = readOptions(process.argv.slice(2));
const stop = catchStop();

try {
  await run();
} catch (error) {
  const isAskedFor = !isOnce && error instanceof StopError;
  if (!isAskedFor) console.error(`\nnpm start: ${explain(error)}`);
  process.exitCode = isAskedFor ? 0 : 1;
}

async function run(): Promise<void> {
  const { signal } = stop;
  await using opened = new AsyncDisposableStack();
  const config = readConfig(process.env);
  const folder = opened.use(await claimFolder(config.DATA_DIR));
  const plan = await makePlan(config);
  const { ports, urls } = plan;
  const secrets = await keepSecrets(config);
  const supervisor = opened.use(
    createSupervisor({ folder, signal, onGivenUp: (reason) => stop.abort(reason) }),
  );

  console.log("Starting Redis, sandbox, worker, dashboard and intake ...");
  const redisUrl =
    config.REDIS_URL ??
    (await startRedis({
      supervisor,
      dataDir: config.DATA_DIR,
      port: ports.redis,
      taken: Object.values(ports),
    }));
  const { writeKey } = await ensureSandboxConnection({
    config,
    redisUrl,
    sandboxUrl: urls.sandbox,
    secretKey: secrets.secretKey,
    signal,
  });
  const loginCode = await startApps({ supervisor, config, plan, redisUrl, secrets, source: process.env });

  console.log("Sending the example calls with @segment/analytics-node ...");
  await sendExamples({ intakeUrl: urls.intake, writeKey });
  await waitForExamples({ sandboxUrl: urls.sandbox, signal });
  console.log(formatArrivals(await readArrivals(urls.sandbox)));
  if (isOnce) return;

  console.log(describeEverything({ config, plan, writeKey, loginCode }));
  await stop.given;
}

function explain(error: unknown): string {
  if (error instanceof EnvironmentError) return `invalid environment:\n${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

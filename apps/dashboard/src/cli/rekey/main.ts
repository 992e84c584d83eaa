// Seals all API keys anew after SECRET_KEY was changed, or gives them up after it was lost: npm run rekey -- --help
import { rekey, rekeyLost } from "@customerio-router/connections";
import { readEnvironment } from "@customerio-router/service";
import { type OpenStore, openStore } from "../open-store.ts";
import { runCli, UsageError } from "../run-cli.ts";

const usage = `npm run rekey [-- --lost]

  (without an option)   seal all API keys anew: they were sealed with OLD_SECRET_KEY, and will be with SECRET_KEY
  --lost                SECRET_KEY was lost: delete the API keys that the new SECRET_KEY does not open, keep all else

REDIS_URL, SECRET_KEY and OLD_SECRET_KEY are read from the environment.`;

const restart = "Start intake, workers and dashboard again with the new SECRET_KEY.";

await runCli("rekey", async () => {
  const args = process.argv.slice(2);
  if (args.includes("--help")) return console.log(usage);
  if (args.some((arg) => arg !== "--lost")) throw new UsageError(`the only option is --lost\n\n${usage}`);
  await (args.length > 0 ? giveUpKeys() : sealAnew());
});

async function sealAnew(): Promise<void> {
  const names = ["REDIS_URL", "SECRET_KEY", "OLD_SECRET_KEY"] as const;
  const config = readEnvironment(process.env, names, { required: names });
  const { SECRET_KEY: secretKey, OLD_SECRET_KEY: oldSecretKey } = config;
  await using open = await openStore({ url: config.REDIS_URL, secretKey, allowCustomTrackUrl: true });
  const { resealed, already, unreadable } = await rekey({ redis: open.redis, oldSecretKey, secretKey });
  console.log(`${resealed.length} API keys sealed anew, ${already.length} were already.`);
  if (resealed.length > 0) console.log(restart);
  if (unreadable.length === 0) return;
  const nameOf = await readNames(open);
  const lines = unreadable.map(({ id, why }) => `  ${nameOf(id)}: ${why}`);
  throw new Error(`${unreadable.length} API keys are opened by neither key:\n${lines.join("\n")}`);
}

async function giveUpKeys(): Promise<void> {
  const names = ["REDIS_URL", "SECRET_KEY"] as const;
  const { REDIS_URL: url, SECRET_KEY: secretKey } = readEnvironment(process.env, names, { required: names });
  await using open = await openStore({ url, secretKey, allowCustomTrackUrl: true });
  const lost = await rekeyLost({ redis: open.redis, secretKey });
  console.log(`${lost.length} API keys deleted; everything else is as it was.`);
  if (lost.length === 0) return;
  const nameOf = await readNames(open);
  console.log(restart);
  console.log(
    `Then enter the API Key of these connections again:\n${lost.map((id) => `  ${nameOf(id)}`).join("\n")}`,
  );
}

async function readNames({ store }: OpenStore): Promise<(id: string) => string> {
  const names = new Map((await store.list()).map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}

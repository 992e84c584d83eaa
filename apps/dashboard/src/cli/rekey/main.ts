// Seals all API keys anew after SECRET_KEY was changed: OLD_SECRET_KEY=... SECRET_KEY=... npm run rekey
import { rekey } from "@customerio-router/connections";
import { readEnvironment } from "@customerio-router/service";
import { openStore } from "../open-store.ts";
import { runCli } from "../run-cli.ts";

await runCli("rekey", async () => {
  const names = ["REDIS_URL", "SECRET_KEY", "OLD_SECRET_KEY"] as const;
  const config = readEnvironment(process.env, names, { required: names });
  const { SECRET_KEY: secretKey, OLD_SECRET_KEY: oldSecretKey } = config;
  await using open = await openStore({ url: config.REDIS_URL, secretKey, allowCustomTrackUrl: true });
  const { resealed, already, unreadable } = await rekey({ redis: open.redis, oldSecretKey, secretKey });
  const connections = new Map((await open.store.list()).map(({ id, name }) => [id, name]));
  console.log(`${resealed.length} API keys sealed anew, ${already.length} were already.`);
  if (resealed.length > 0) console.log("Restart intake, workers and dashboard with the new SECRET_KEY.");
  if (unreadable.length === 0) return;
  const lines = unreadable.map(({ id, why }) => `  ${connections.get(id) ?? id}: ${why}`);
  throw new Error(`${unreadable.length} API keys are opened by neither key:\n${lines.join("\n")}`);
});

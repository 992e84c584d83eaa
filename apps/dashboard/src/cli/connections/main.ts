// Connections on the command line: npm run connections -- list|add|test|pause|resume|remove
import { requireSecretKey } from "@customerio-router/connections";
import { readEnvironment } from "@customerio-router/service";
import { openStore } from "../open-store.ts";
import { runCli } from "../run-cli.ts";
import { runCommand } from "./run-command.ts";

await runCli("connections", async () => {
  const config = readEnvironment(
    process.env,
    ["REDIS_URL", "SECRET_KEY", "ALLOW_CUSTOM_TRACK_URL", "CUSTOMERIO_API_KEY"],
    { required: ["REDIS_URL"] },
  );
  await using open = await openStore({
    url: config.REDIS_URL,
    secretKey: config.SECRET_KEY,
    allowCustomTrackUrl: config.ALLOW_CUSTOM_TRACK_URL,
  });
  await requireSecretKey(open.redis, config.SECRET_KEY);
  await runCommand({
    args: process.argv.slice(2),
    ...open,
    allowCustomTrackUrl: config.ALLOW_CUSTOM_TRACK_URL,
    apiKey: config.CUSTOMERIO_API_KEY,
    print: (text) => console.log(text),
  });
});

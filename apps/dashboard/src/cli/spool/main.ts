// What intakes keep for connections that Redis lost: npm run spool -- list|assign|drop
import { readEnvironment } from "@customerio-router/service";
import { openStore } from "../open-store.ts";
import { runCli } from "../run-cli.ts";
import { runSpoolCommand, spoolUsage } from "./run-spool-command.ts";

await runCli("spool", async () => {
  const args = process.argv.slice(2);
  if (args.includes("--help")) return console.log(spoolUsage);
  const { REDIS_URL: url } = readEnvironment(process.env, ["REDIS_URL"], { required: ["REDIS_URL"] });
  await using open = await openStore({ url, secretKey: undefined, allowCustomTrackUrl: true });
  await runSpoolCommand({ args, ...open, print: (text) => console.log(text) });
});

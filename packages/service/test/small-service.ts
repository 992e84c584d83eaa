import { setTimeout as sleep } from "node:timers/promises";
import { runUntilSignal, StartError } from "../src/index.ts";

/** A service that opens two things and then does what its first argument says. */
const behaviour = process.argv[2];

await runUntilSignal({
  name: "small",
  summary: "Do what the first argument says",
  args: process.argv.slice(3),
  environment: process.env,
  variables: ["REDIS_URL", "INTAKE_PORT", "SECRET_KEY"],
  graceMs: behaviour === "outlast" ? 100 : 5_000,
  async start({ config, logger, opened, fail }) {
    opened.defer(() => logger.info("closed the first"));
    opened.defer(async () => {
      if (behaviour === "close-slowly") await sleep(1_500);
      if (behaviour === "outlast" || behaviour === "linger") await sleep(60_000);
      logger.info("closed the second");
    });
    if (behaviour === "fail") throw new Error("no such thing");
    const alive = setInterval(() => {}, 1_000);
    opened.defer(() => clearInterval(alive));
    logger.info({ port: config.INTAKE_PORT }, "started");
    if (behaviour === "reject") void Promise.reject(new Error("nobody looks"));
    if (behaviour === "fail-later") setTimeout(() => fail(new StartError("It cannot go on.")), 100);
    if (behaviour === "hang") await new Promise(() => {});
  },
});

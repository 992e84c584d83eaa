import { runCli } from "./run-cli.ts";

await runCli({ args: process.argv.slice(2), environment: process.env });
// Once the output is written: a connection to Redis that never was leaves a timer of ioredis behind, for 2 s.
process.stdout.write("", () => process.exit());

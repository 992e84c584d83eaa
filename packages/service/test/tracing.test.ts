import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const program = `
  import { createRequire } from "node:module";
  import { createLogger, openTracing } from ${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)};
  const [endpoint] = process.argv.slice(1);
  const logger = createLogger({ name: "test", level: "silent" });
  await using _ = await openTracing({ name: "test", endpoint, logger });
  const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes("@opentelemetry/sdk"));
  console.log(loaded.length > 0 ? "loaded" : "not loaded");
`;

test.each([
  ["not loaded", []],
  ["loaded", ["http://127.0.0.1:9"]],
])("F229 OpenTelemetry's SDK is %s with the endpoints %j", async (expected, args) => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--input-type=module",
    "-e",
    program.replace("import.meta.url).cache", `${JSON.stringify(import.meta.url)}).cache`),
    ...args,
  ]);
  expect(stdout.trim()).toBe(expected);
});

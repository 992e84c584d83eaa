import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, startProcess, startRedis, temporaryFolder } from "@customerio-router/fixtures";
import { expect, test } from "vitest";

const secrets = {
  SECRET_KEY: "a secret key of at least 32 characters",
  METRICS_TOKEN: "a token of the metrics",
};

test("an app and the doctor run with secrets that stand in files, and show none of them", async () => {
  await using redis = await startRedis();
  await using folder = await temporaryFolder();
  const files = Object.entries({ ...secrets, REDIS_URL: redis.url }).map(([name, secret]) => {
    const path = join(folder.path, name);
    writeFileSync(path, `${secret}\n`, { mode: 0o400 });
    return [`${name}_FILE`, path] as const;
  });
  const env = { ...Object.fromEntries(files), DATA_DIR: folder.path };
  const WORKER_PORT = String(await freePort());
  const url = `http://127.0.0.1:${WORKER_PORT}`;
  await using worker = await startProcess({
    entry: "apps/worker/src/main.ts",
    env: { ...env, WORKER_PORT },
    ready: new URL(`${url}/readyz`),
  });
  const askMetrics = (token: string) =>
    fetch(`${url}/metrics`, {
      headers: { authorization: `Bearer ${token}`, "x-forwarded-for": "192.0.2.1" },
    });
  expect((await askMetrics(secrets.METRICS_TOKEN)).status).toBe(200);
  expect((await askMetrics("another token")).status).toBe(401);

  await using doctor = await startProcess({ entry: "apps/cli/src/main.ts", args: ["doctor"], env });
  await doctor.exited;
  expect(doctor.output).toContain("4 variables are set, and all are valid.");
  expect(doctor.output).not.toContain("REDIS_URL is");
  for (const secret of Object.values(secrets)) expect(worker.output + doctor.output).not.toContain(secret);
});

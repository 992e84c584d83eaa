import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  freePort,
  makeCertificates,
  startNginx,
  startProcess,
  startRedis,
  temporaryFolder,
  waitFor,
} from "@customerio-router/fixtures";
import { expect, test } from "vitest";

const recipe = readFileSync(fileURLToPath(new URL("../deploy/tls/nginx.conf", import.meta.url)), "utf8");
const writeKey = "write-key-of-the-shop";
const password = "password of the dashboard";

type Reply = { status: number | undefined; headers: IncomingHttpHeaders };

test("behind deploy/tls/nginx.conf calls arrive, the dashboard lets its password in, and no write key is logged", async () => {
  await using redis = await startRedis();
  await using folder = await temporaryFolder();
  const [INTAKE_PORT, DASHBOARD_PORT, port] = [await freePort(), await freePort(), await freePort()].map(
    String,
  );
  const env = {
    REDIS_URL: redis.url,
    SECRET_KEY: "a secret key of at least 32 characters",
    DATA_DIR: folder.path,
    TRUST_PROXY: "loopback",
    INTAKE_PORT: INTAKE_PORT as string,
    DASHBOARD_PORT: DASHBOARD_PORT as string,
    DASHBOARD_PASSWORD: password,
    CONNECTION_NAME: "Shop",
    WRITE_KEY: writeKey,
    CUSTOMERIO_SITE_ID: "site",
    CUSTOMERIO_API_KEY: "api-key",
  };
  await using _intake = await startProcess({
    entry: "apps/intake/src/main.ts",
    env,
    ready: new URL(`http://127.0.0.1:${INTAKE_PORT}/readyz`),
  });
  await using _dashboard = await startProcess({
    entry: "apps/dashboard/src/main.ts",
    env,
    ready: new URL(`http://127.0.0.1:${DASHBOARD_PORT}/readyz`),
  });
  const { ca, server } = makeCertificates(folder.path);
  const site = recipe
    .replaceAll("127.0.0.1:3000", `127.0.0.1:${INTAKE_PORT}`)
    .replaceAll("127.0.0.1:3001", `127.0.0.1:${DASHBOARD_PORT}`)
    .replaceAll("listen 443", `listen 127.0.0.1:${port}`)
    .replaceAll(/\/etc\/ssl\/\S+\/fullchain.pem/g, server.certificate)
    .replaceAll(/\/etc\/ssl\/\S+\/privkey.pem/g, server.key)
    .replaceAll("/var/log/nginx", folder.path);
  await using _nginx = await startNginx(folder.path, site);

  const ask = (host: string, path: string, headers: Record<string, string> = {}, body = ""): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          host: "127.0.0.1",
          port,
          path,
          method: body === "" ? "GET" : "POST",
          ca: readFileSync(ca),
          servername: "localhost",
          agent: false,
          headers: { host, ...headers },
        },
        (reply) => {
          reply.resume();
          resolve({ status: reply.statusCode, headers: reply.headers });
        },
      );
      sent.on("error", reject).end(body);
    });
  await waitFor(
    () =>
      ask("events.example.com", "/livez").then(
        ({ status }) => status === 200,
        () => false,
      ),
    {
      what: "nginx to listen",
    },
  );

  const track = `/v1/track?writeKey=${writeKey}`;
  const json = { "content-type": "application/json" };
  const call = JSON.stringify({ userId: "ann", event: "Signed Up" });
  expect((await ask("events.example.com", track, json, call)).status).toBe(200);
  const large = JSON.stringify({ userId: "ann", event: "x".repeat(5_000_000) });
  expect((await ask("events.example.com", track, json, large)).status).toBe(400);

  const form = {
    "content-type": "application/x-www-form-urlencoded",
    origin: "https://dashboard.example.com",
  };
  const login = await ask(
    "dashboard.example.com",
    "/login",
    form,
    new URLSearchParams({ password }).toString(),
  );
  expect(login.headers["set-cookie"]).toEqual([expect.stringContaining("Secure")]);

  const log = readFileSync(join(folder.path, "events.log"), "utf8");
  expect(log).toContain("POST /v1/track 200");
  expect(log).not.toContain(writeKey);
});

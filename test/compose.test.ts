import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EnvironmentVariable, environmentVariables } from "@customerio-router/service";
import { expect, test } from "vitest";
import { parse } from "yaml";

type Service = {
  command: string[];
  environment?: Record<string, string>;
  healthcheck: { test: string[] };
  ports?: string[];
  profiles?: string[];
  read_only?: boolean;
  security_opt?: string[];
  cap_drop?: string[];
  volumes?: string[];
};
type Compose = { services: Record<string, Service>; volumes: Record<string, unknown> };

const repository = fileURLToPath(new URL("..", import.meta.url));
const text = readFileSync(join(repository, "docker-compose.yml"), "utf8");
const compose = parse(text, { merge: true }) as Compose;
const apps = Object.entries(compose.services).filter(([name]) => name !== "redis");
const variables: Record<string, EnvironmentVariable> = environmentVariables;

test("Redis, intake, worker and dashboard run; the sandbox only by its profile", () => {
  const always = Object.entries(compose.services).filter(([, { profiles }]) => profiles === undefined);
  expect(always.map(([name]) => name)).toEqual(["redis", "intake", "worker", "dashboard"]);
  expect(compose.services.sandbox?.profiles).toEqual(["sandbox"]);
});

test("Redis is durable, bounded, forgets nothing and is not shown to the outside", () => {
  const { command = [], volumes, ports } = compose.services.redis ?? {};
  const settings = Object.fromEntries(
    command.flatMap((word, index) => (word.startsWith("--") ? [[word, command[index + 1]]] : [])),
  );
  expect(settings).toEqual({
    "--appendonly": "yes",
    "--appendfsync": "always",
    "--maxmemory": "1gb",
    "--maxmemory-policy": "noeviction",
  });
  expect(volumes).toEqual(["redis:/data"]);
  expect(ports).toBeUndefined();
});

test.each(apps)("%s runs a file that exists, with an environment that is read", (name, service) => {
  expect(service.command).toEqual(["node", `apps/${name}/src/main.ts`]);
  expect(existsSync(join(repository, service.command[1] ?? ""))).toBe(true);
  const environment = Object.entries(service.environment ?? {});
  expect(environment.map(([variable]) => variable).filter((variable) => !(variable in variables))).toEqual(
    [],
  );
  for (const [variable, value] of environment) {
    expect(variables[variable]?.schema.safeParse(value), variable).toMatchObject({ success: true });
  }
});

test.each(apps)(
  "%s is asked for its health where it listens",
  (name, { environment, healthcheck, ports }) => {
    const port = environment?.[`${name.toUpperCase()}_PORT`];
    expect(healthcheck.test.at(-1)).toContain(`http://127.0.0.1:${port}/livez`);
    for (const published of ports ?? []) expect(published).toMatch(new RegExp(`:${port}$`));
  },
);

test.each(apps)("%s runs without root, capabilities and a root that it could write to", (_name, service) => {
  expect(service).toMatchObject({
    read_only: true,
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
  });
  const dockerfile = readFileSync(join(repository, "Dockerfile"), "utf8");
  expect(dockerfile.match(/^USER .+$/gm)).toEqual(["USER 1000:1000"]);
});

test("no secret stands in it, and every volume it uses is declared", () => {
  const secrets = Object.keys(variables).filter((name) => variables[name]?.secret && name !== "REDIS_URL");
  expect(secrets.filter((name) => text.includes(name))).toEqual([]);
  const used = Object.values(compose.services).flatMap(({ volumes = [] }) =>
    volumes.map((it) => it.split(":")[0]),
  );
  expect([...new Set(used)].toSorted()).toEqual(Object.keys(compose.volumes).sort());
});

import { createSourceStore } from "@customerio-router/connections";
import { connectRedis } from "@customerio-router/redis";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, onTestFinished, test } from "vitest";
import { type Answer, basic, redisForTests, send, startIntake } from "./intake-for-tests.ts";

const redis = redisForTests();

type Content = { [mediaType: string]: { schema: object } };
type Operation = {
  tags: string[];
  requestBody?: { content: Content };
  responses: { [status: string]: { description: string; content?: Content } };
};
type ApiDocument = { openapi: string; paths: { [path: string]: { [method: string]: Operation } } };

async function readDocument(url: string): Promise<ApiDocument> {
  const { body } = await send(`${url}/openapi.json`, { method: "GET" });
  return JSON.parse(body) as ApiDocument;
}

/** Throws what is wrong with a value by a schema of the document. */
function expectToFit(value: unknown, schema: object): void {
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
  expect({ fits: validate(value), errors: validate.errors, value }).toMatchObject({ fits: true });
}

const calls: { [path: string]: object } = {
  "/v1/identify": { userId: "u1", traits: { email: "john.doe@example.com", age: 7, tags: [{ a: null }] } },
  "/v1/track": { userId: "u1", event: "Clicked Button", properties: { price: 1.5 } },
  "/v1/page": { userId: 7, name: "Home", timestamp: "2020-01-01T00:00:00Z" },
  "/v1/screen": { anonymousId: "a1", context: { ip: "1.1.1.1" } },
  "/v1/group": { userId: "u1", groupId: "g1", traits: null },
  "/v1/alias": { userId: "u1", previousId: "u2", integrations: { All: true } },
};

/** A source of pages of one origin. */
async function guardOrigins(writeKey: string, connectionId: string): Promise<void> {
  const client = connectRedis({ url: redis.server.url, profile: "consumer" });
  onTestFinished(() => void client.disconnect());
  const origins = ["https://shop.example"];
  const source = { name: "Pages", kind: "browser" as const, writeKey, origins, connections: [connectionId] };
  expect(await createSourceStore(client).create(source)).toMatchObject({ ok: true });
}

/** A request, a bad one, one of nobody's, and one that the intake cannot take now. */
const batches = { batch: [{ type: "track", userId: "u1", event: "E" }, { type: "track" }] };
const requests = { ...calls, "/v1/batch": batches, "/v1/import": batches };

test("the document describes every path to send to, and each answer that is really given fits it", async () => {
  await using intake = await startIntake(redis.server);
  await using unavailable = await startIntake(redis.server, { knowsConnections: () => false });
  await guardOrigins("guarded", intake.id);
  const { openapi, paths } = await readDocument(intake.url);
  expect(openapi).toBe("3.1.0");
  const seen = new Set<string>();

  function see(path: string, method: string, answer: Answer) {
    const documented = paths[path]?.[method]?.responses[answer.status];
    expect(documented, `${method} ${path} ${answer.status}`).toBeDefined();
    seen.add(`${method} ${path} ${answer.status}`);
    const [[mediaType, content] = []] = Object.entries(documented?.content ?? {});
    expect(answer.headers["content-type"]).toContain(mediaType);
    const body: unknown = mediaType === "application/json" ? JSON.parse(answer.body) : answer.body;
    expectToFit(body, content?.schema ?? {});
  }

  for (const [path, body] of Object.entries(requests)) {
    see(path, "post", await intake.post(path, body));
    see(path, "post", await intake.post(path, {}));
    see(path, "post", await intake.post(path, "{"));
    see(path, "post", await intake.post(path, body, { authorization: basic("nobody's") }));
    see(
      path,
      "post",
      await intake.post(path, body, { authorization: basic("guarded"), origin: "https://evil.example" }),
    );
    see(path, "post", await unavailable.post(path, body, { authorization: basic("nobody's") }));
  }
  for (const path of Object.keys(paths).filter((name) => paths[name]?.get)) {
    const url = `${intake.url}${path.replace("{writeKey}", intake.writeKey)}`;
    see(path, "get", await send(url, { method: "GET", headers: { authorization: basic(intake.writeKey) } }));
  }

  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) =>
      Object.keys(responses).map((status) => `${method} ${path} ${status}`),
    ),
  );
  expect([...seen].toSorted()).toEqual(documented.toSorted());
});

test("what the document calls a call is taken, and what it does not is refused", async () => {
  await using intake = await startIntake(redis.server);
  const { paths } = await readDocument(intake.url);
  for (const [path, body] of Object.entries(requests)) {
    const schema = paths[path]?.post?.requestBody?.content["application/json"]?.schema ?? {};
    if (path in calls) expectToFit(body, schema);
    expect((await intake.post(path, body)).status).toBe(200);
  }
  const track = paths["/v1/track"]?.post?.requestBody?.content["application/json"]?.schema ?? {};
  expect(() => expectToFit({ userId: "u1" }, track)).toThrow();
  expect((await intake.post("/v1/track", { userId: "u1" })).status).toBe(400);
});

import { startRedis, waitFor } from "@customerio-router/fixtures";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { connectRedis, subscribe } from "../src/index.ts";

const channel = "customerio-router:for-tests";

/** A Redis, a subscription to it, and the client of ioredis that the subscription opened. */
async function openSetting() {
  const { url } = await disposed(startRedis());
  const admin = new Redis(url);
  onTestFinished(() => admin.disconnect());
  const redis = connectRedis({ url, profile: "producer" }) as Redis;
  onTestFinished(() => redis.disconnect());
  const duplicate = redis.duplicate.bind(redis);
  const opened: Redis[] = [];
  redis.duplicate = (options) => {
    const client = duplicate(options);
    opened.push(client);
    return client;
  };
  const heard = { messages: [] as string[], subscriptions: 0 };
  const subscription = subscribe(redis, channel, {
    onMessage: (text) => void heard.messages.push(text),
    onSubscribed: () => void heard.subscriptions++,
  });
  onTestFinished(() => subscription.close());
  await waitFor(() => heard.subscriptions === 1, { what: "the subscription" });
  const [client] = opened;
  if (!client) throw new Error("no client was opened");
  return { admin, client, heard, subscription };
}

async function disposed<Resource extends AsyncDisposable>(opening: Promise<Resource>): Promise<Resource> {
  const resource = await opening;
  onTestFinished(() => resource[Symbol.asyncDispose]());
  return resource;
}

test("a subscription hears what is published, also after its connection broke", async () => {
  const { admin, heard } = await openSetting();
  await admin.publish(channel, "one");
  await waitFor(() => heard.messages.length === 1, { what: "the first message" });
  await admin.call("CLIENT", "KILL", "TYPE", "pubsub");
  await waitFor(() => heard.subscriptions === 2, { what: "the second subscription" });
  await admin.publish(channel, "two");
  await waitFor(() => heard.messages.length === 2, { what: "the second message" });
  expect(heard.messages).toEqual(["one", "two"]);
});

test("F137 a subscription that is closed as Redis comes back and goes away again leaves no error behind", async () => {
  const { admin, client, subscription } = await openSetting();
  // Vitest fails a run in which a rejection is handled by nobody, as Node ends a process.
  const { promise, resolve } = Promise.withResolvers<void>();
  client.prependOnceListener("ready", () => {
    subscription.close();
    client.stream.destroy();
    client.once("end", resolve);
  });
  await admin.call("CLIENT", "KILL", "TYPE", "pubsub");
  await promise;
  await new Promise((next) => setImmediate(next));
  expect(client.status).toBe("end");
});

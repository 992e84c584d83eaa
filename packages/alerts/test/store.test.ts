import { alertKeys } from "@customerio-router/redis";
import { expect, test } from "vitest";
import { createAlertStore, rekeyChannels } from "../src/index.ts";
import { redisForTests, secretKey } from "./redis-for-tests.ts";

const context = redisForTests();
const open = (key = secretKey) => createAlertStore({ redis: context.redis, secretKey: key });
const webhook = { kind: "webhook", name: "Chat", url: "https://hooks.example.com/T0/token-in-the-path" };
const email = {
  kind: "email",
  name: "Operators",
  host: "mail.example.com",
  port: 587,
  security: "starttls",
  user: "router",
  password: "the password",
  from: "router@example.com",
  to: ["ops@example.com"],
};

async function create(fields: object, key = secretKey) {
  const created = await open(key).createChannel(fields);
  if (!created.ok) throw new Error(JSON.stringify(created.problems));
  return created.value;
}

async function everything(): Promise<string> {
  const { redis } = context;
  const hashes = [alertKeys.channels, alertKeys.secrets].map((key) => redis.hgetall(key));
  return JSON.stringify(await Promise.all(hashes));
}

test("F231: URLs, secrets and passwords are stored encrypted, and given back to nobody but the sender", async () => {
  const chat = await create(webhook);
  await create(email);
  expect(chat.secret).toMatch(/^whsec_[\w+/=]{44}$/);
  const stored = await open().read();
  const texts = [await everything(), JSON.stringify(stored)];
  for (const secret of ["token-in-the-path", chat.secret ?? "", "the password"]) {
    for (const text of texts) expect(text).not.toContain(secret);
  }
  expect(open().secretsOf(stored, chat.id)).toEqual({ url: webhook.url, secret: chat.secret });
  expect(stored.channels).toMatchObject([{ host: "hooks.example.com" }, { host: "mail.example.com" }]);
});

test("F231: rekey seals the secrets of channels anew", async () => {
  const { id } = await create(webhook, "the old key");
  const rekeyed = await rekeyChannels({ redis: context.redis, oldSecretKey: "the old key", secretKey });
  expect(rekeyed).toEqual({ resealed: [id], already: [], unreadable: [] });
  const stored = await open().read();
  expect(open().secretsOf(stored, id).url).toBe(webhook.url);
  expect(() => open("the old key").secretsOf(stored, id)).toThrow("does not decrypt");
  const again = await rekeyChannels({ redis: context.redis, oldSecretKey: "the old key", secretKey });
  expect(again).toEqual({ resealed: [], already: [id], unreadable: [] });
});

test("a patch leaves the rest as it is, and a new mail server does not get the old one's password", async () => {
  const chat = await create({ ...webhook, template: '{"text":"{{summary}}"}' });
  expect(await open().updateChannel(chat.id, { name: "Renamed", template: null })).toMatchObject({
    ok: true,
    value: { name: "Renamed", host: "hooks.example.com" },
  });
  const stored = await open().read();
  expect(stored.channels[0]).not.toHaveProperty("template");
  expect(open().secretsOf(stored, chat.id)).toEqual({ url: webhook.url, secret: chat.secret });
  const { id } = await create(email);
  expect(await open().updateChannel(id, { host: "evil.example.com" })).toMatchObject({
    problems: [{ field: "password" }],
  });
  expect(await open().updateChannel("unknown", {})).toBeUndefined();
});

test.each([
  [{ ...webhook, url: "ftp://x" }, "url"],
  [{ ...webhook, url: "https://user:password@example.com/" }, "url"],
  [{ ...webhook, secret: "whsec_c2hvcnQ=" }, "secret"],
  [{ ...webhook, template: "{{summary}}" }, "template"],
  [{ ...webhook, template: '{"text": {{summary}}}' }, "template"],
  [{ ...webhook, template: '{"text": "{{constructor}}"}' }, "template"],
  [{ ...webhook, name: "Two\r\nlines" }, "name"],
  [{ ...webhook, more: 1 }, "more"],
  [{ ...email, from: "a@example.com\r\nBcc: b@example.com" }, "from"],
  [{ ...email, to: ["a@example.com, b@example.com"] }, "to.0"],
  [{ ...email, to: [] }, "to"],
  [{ ...email, security: "none" }, "security"],
  [{ ...email, password: undefined }, "password"],
  [{ ...email, host: "mail.example.com\r\nEVIL" }, "host"],
  [{ kind: "pigeon" }, "kind"],
])("F232: a channel that is %j is refused with its field", async (fields, field) => {
  expect(await open().createChannel(fields)).toMatchObject({ ok: false, problems: [{ field }] });
  expect((await open().read()).channels).toEqual([]);
});

test("settings that are left out have their defaults, and wrong ones are refused", async () => {
  expect(await open().saveSettings({ holdMs: 5_000 })).toMatchObject({ ok: true });
  expect((await open().read()).settings).toMatchObject({ holdMs: 5_000, rejectedPercent: 5, off: [] });
  expect(await open().saveSettings({ holdMs: 1, off: ["nothing"], dashboardUrl: "x" })).toMatchObject({
    problems: [{ field: "dashboardUrl" }, { field: "holdMs" }, { field: "off.0" }],
  });
});

test("silences name what they silence and end in the future", async () => {
  const store = open();
  const until = new Date(Date.now() + 60_000).toISOString();
  expect(await store.createSilence({ until })).toMatchObject({ problems: [{ field: "condition" }] });
  expect(await store.createSilence({ until: "2020-01-01T00:00:00Z", connection: "a" })).toMatchObject({
    problems: [{ field: "until" }],
  });
  const made = await store.createSilence({ until, condition: "retrying", note: "Known" });
  if (!made.ok) throw new Error("not made");
  expect(await store.updateSilence(made.value.id, { connection: "shop" })).toMatchObject({
    value: { condition: "retrying", connection: "shop", note: "Known" },
  });
  expect(await store.removeSilence(made.value.id)).toBe(true);
  expect(await store.removeSilence(made.value.id)).toBe(false);
});

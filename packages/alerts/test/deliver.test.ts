import { freePort, startReceiver } from "@customerio-router/fixtures";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { sendNotice } from "../src/deliver/send-notice.ts";
import { createAlertStore, testChannel } from "../src/index.ts";
import type { Notice } from "../src/notices/notice.ts";
import { startMailServer } from "./mail-server.ts";
import { redisForTests, secretKey } from "./redis-for-tests.ts";

const context = redisForTests();

const notice: Notice = {
  id: "msg_1",
  event: "begun",
  condition: "keys-refused",
  atMs: Date.UTC(2026, 10, 29),
  alerts: [
    {
      key: "keys-refused connection shop",
      subject: { kind: "connection", id: "shop", name: 'Sh"op\r\nBcc: evil@example.com <!channel> {{link}}' },
      detail: "Customer.io rejects the keys (401). 1,234 messages wait.",
      messages: 1_234,
      beganAtMs: Date.UTC(2026, 10, 28),
      example: "m1",
    },
  ],
};

async function open(fields: object) {
  const store = createAlertStore({ redis: context.redis, secretKey });
  const created = await store.createChannel(fields);
  if (!created.ok) throw new Error(JSON.stringify(created.problems));
  const stored = await store.read();
  const channel = stored.channels.find(({ id }) => id === created.value.id);
  if (!channel) throw new Error("not stored");
  const secrets = store.secretsOf(stored, channel.id);
  return {
    store,
    secrets,
    channel,
    send: () => sendNotice(channel, secrets, { notice, dashboardUrl: "https://router.example.com" }),
  };
}

test("F232: a webhook is signed as Standard Webhooks say, and says what to do with a link", async () => {
  await using receiver = await startReceiver();
  const { send, secrets } = await open({
    kind: "webhook",
    name: "Pager",
    url: `${receiver.url}/hook?token=1`,
  });
  expect(await send()).toEqual({ ok: true });
  const [{ path, headers, body } = { path: "", headers: {}, body: "" }] = receiver.received;
  expect([path, headers["webhook-id"]]).toEqual(["/hook?token=1", "msg_1"]);
  const verified = new Webhook(secrets.secret ?? "").verify(body, headers as Record<string, string>);
  expect(verified).toMatchObject({
    type: "alert.begun",
    data: {
      condition: "keys-refused",
      title: "Customer.io refuses the keys of a connection.",
      link: "https://router.example.com/connections/shop",
      messages: 1_234,
      example: "m1",
      action: expect.stringContaining("Enter the Site ID"),
    },
  });
});

test("F232: a hostile name stays text in a template's JSON and in a mail's header", async () => {
  await using receiver = await startReceiver();
  const template = '{"text": "{{ summary }}", "n": {{messages}}}';
  const { send } = await open({ kind: "webhook", name: "Chat", url: receiver.url, template });
  expect(await send()).toEqual({ ok: true });
  expect(JSON.parse(receiver.received[0]?.body ?? "")).toEqual({
    text: 'Customer.io refuses the keys of a connection. Sh"op Bcc: evil@example.com ‹!channel› {{link}}: Customer.io rejects the keys (401). 1,234 messages wait.',
    n: 1_234,
  });
  await using mailServer = await startMailServer();
  const mail = await open({
    kind: "email",
    name: "Ops",
    host: "127.0.0.1",
    port: mailServer.port,
    security: "none",
    from: "router@example.com",
    to: ["ops@example.com", "night@example.com"],
  });
  expect(await mail.send()).toEqual({ ok: true });
  const [sent] = mailServer.mails;
  expect([sent?.from, sent?.to]).toEqual(["router@example.com", ["ops@example.com", "night@example.com"]]);
  const [head = ""] = sent?.text.split("\r\n\r\n") ?? [];
  expect(head).toContain("Subject: [customerio-router] Customer.io refuses the keys of a connection.");
  expect(head).toContain("Message-ID: <msg_1@customerio-router>");
  expect(head).not.toMatch(/^Bcc:/m);
});

test("F232: redirects are not followed, and no reason quotes the URL", async () => {
  await using elsewhere = await startReceiver();
  await using receiver = await startReceiver();
  receiver.answer = { status: 302, headers: { location: elsewhere.url } };
  const { send, store, channel } = await open({
    kind: "webhook",
    name: "Pager",
    url: `${receiver.url}/the-token`,
  });
  expect(await send()).toEqual({
    ok: false,
    why: "The receiver redirects (302), which is not followed: enter the final URL.",
  });
  receiver.answer = { status: 404 };
  expect(await send()).toEqual({ ok: false, why: "The receiver answers 404.", isRefused: true });
  expect(elsewhere.received).toEqual([]);
  await store.updateChannel(channel.id, { url: `http://127.0.0.1:${await freePort()}/the-token` });
  expect(await testChannel(store, channel.id)).toEqual({
    ok: false,
    message: "Nothing listens at the receiver's address.",
  });
});

test("F232: a test of a mail channel says what is wrong without the password", async () => {
  await using mailServer = await startMailServer({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) => done(new Error("no such user: the password")),
  });
  const fields = {
    kind: "email",
    name: "Ops",
    host: "127.0.0.1",
    port: mailServer.port,
    security: "none",
    user: "router",
    password: "the password",
    from: "router@example.com",
    to: ["ops@example.com"],
  };
  const { store, channel } = await open(fields);
  const refused = await testChannel(store, channel.id);
  expect(refused).toEqual({
    ok: false,
    message: expect.stringContaining("refuses the user or the password"),
  });
  // Its certificate is of nobody.
  await store.updateChannel(channel.id, { security: "starttls", password: "the password" });
  expect(await testChannel(store, channel.id)).toMatchObject({ ok: false });
  expect(mailServer.mails).toEqual([]);
});

test("a mail that one of its recipients does not get says so, and is not sent to the others again", async () => {
  await using mailServer = await startMailServer({
    onRcptTo: ({ address }, _session, done) =>
      done(
        address.startsWith("gone") ? Object.assign(new Error("no such user"), { responseCode: 550 }) : null,
      ),
  });
  const { send, store, channel } = await open({
    kind: "email",
    name: "Ops",
    host: "127.0.0.1",
    port: mailServer.port,
    security: "none",
    from: "router@example.com",
    to: ["ops@example.com", "gone@example.com"],
  });
  const why = "The mail server refuses 1 of 2 recipients.";
  expect(await send()).toEqual({ ok: true, why });
  expect(mailServer.mails.map(({ to }) => to)).toEqual([["ops@example.com"]]);
  expect(await testChannel(store, channel.id)).toEqual({ ok: false, message: why });
});

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAlertStore } from "@customerio-router/alerts";
import { createConnectionStore, createRuleStore, createSourceStore } from "@customerio-router/connections";
import { createSandbox } from "@customerio-router/customerio-sandbox";
import { expect, onTestFinished, test } from "vitest";
import { readConfigFile } from "../src/config/file/read-config-file.ts";
import { replaceWriteKeys } from "../src/config/plan/write-keys.ts";
import { startRedisForTest } from "./redis-for-tests.ts";
import { runCommand } from "./run-command.ts";

const secretKey = "a secret key for tests, 32 characters";
const secrets = { SHOP_API_KEY: "track-key-of-the-shop", OTHER_API_KEY: "track-key-of-the-other" };

/** As a file names it. */
const variable = (name: string) => `\${${name}}`;

/** Writes the text as router.yaml in a folder of the test's own. */
async function write(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "config-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "router.yaml");
  await writeFile(path, text);
  return path;
}

/** A Redis of its own, with nothing in it. */
async function start(env: Record<string, string> = {}) {
  const { url, redis } = await startRedisForTest();
  const environment = { REDIS_URL: url, SECRET_KEY: secretKey, ...secrets, ...env };
  return {
    store: createConnectionStore({ redis, secretKey, allowCustomTrackUrl: true }),
    sources: createSourceStore(redis),
    rules: createRuleStore({ redis, secretKey }),
    alerts: createAlertStore({ redis, secretKey }),
    run: (args: string[], more: { env?: Record<string, string>; input?: string } = {}) =>
      runCommand(["config", ...args], { ...more, env: { ...environment, ...more.env } }),
    /** Applies without asking Customer.io; fails unless that is done. */
    async apply(path: string, ...more: string[]) {
      const ran = await runCommand(["config", "apply", path, "--no-check", ...more], { env: environment });
      expect(ran).toMatchObject({ code: 0, stderr: "" });
      return ran.stdout;
    },
  };
}

const shop = `
sources:
  - name: Pages
    kind: browser
    writeKeys: [wk_pages]
    origins: [https://shop.example]
    connections: [Shop]
  - name: Office
    kind: server
    writeKeys: [wk_office]
    connections: [Shop, Other]
    messagesPerSecond: 50
connections:
  - name: Shop
    siteId: 0123456789
    apiKey: \${SHOP_API_KEY}
    region: eu
    settings: { limiter: { max: 50 }, convertDates: false }
    rules:
      - { name: No cards, then: { remove: properties.card } }
  - name: Other
    siteId: site-2
    apiKey: \${OTHER_API_KEY}
    region: us
`;

test("every problem of a file is told at once, with its line and column", async () => {
  const path = await write(`sources:
  - name: Pages
    kind: browser
    writeKeys: [one, one]
    orgins: [https://shop.example]
  - name: pages
    kind: robot
connections:
  - name: Shop
    siteId: site 1
    apiKey: \${NOT_SET}
    region: \${REGION}
    settings:
      limiter: { max: 0 }
    rules:
      - { name: Drop, if: "message.", then: { drop: true } }
  - siteId: site-2
    writeKey: wk_1
alerts:
  settings: { holdMs: 5 }
  channels:
    - { name: Chat, kind: webhook, url: ftp://chat.example }
others: []
`);
  const { code, stdout, stderr } = await runCommand(["config", "check", path], { env: secrets });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  const [head, ...problems] = stderr.trim().replaceAll(path, "router.yaml").split("\n");
  expect(head).toBe("config check: the file has 13 problems:");
  expect(problems.map((line) => /^router\.yaml:(\d+:\d+ [\w.]*)/.exec(line)?.[1])).toEqual([
    "4:22 writeKeys.1",
    "5:5 orgins",
    "6:5 name",
    "7:5 kind",
    "10:5 siteId",
    "11:5 apiKey",
    "12:5 region",
    "14:18 settings.limiter.max",
    "16:23 rules.0.if",
    "17:5 name",
    "20:15 alerts.settings.holdMs",
    "22:36 url",
    "23:1 others",
  ]);
  expect(problems[5]).toBe(
    "router.yaml:11:5 apiKey: The variable NOT_SET is not set: set it in the environment.",
  );
});

test.each([
  ["connections: [{ name: Shop\n", /router\.yaml:2:1 /],
  ["connections:\n  - name: Shop\n    name: Other\n", /router\.yaml:3:5 Map keys must be unique/],
  ["- name: Shop\n", /router\.yaml:1:1 Write sources, connections, alerts here, by name\./],
])("%j is told to be no such file", async (text, problem) => {
  await expect(readConfigFile(await write(text), {})).rejects.toThrow(problem);
});

test("F270 a file makes everything it names, and applying it again changes nothing", async () => {
  const { apply, run, store, sources, rules } = await start();
  const path = await write(shop);
  const first = await run(["diff", path]);
  expect(first).toMatchObject({ code: 2, stderr: "" });
  expect(first.stdout).toContain('+ connection "Shop"\n+ connection "Other"\n');
  expect(await store.list()).toEqual([]);
  expect(await apply(path)).toContain('+ source "Office"\nApplied.');
  const [other, made] = await store.list();
  expect(made).toMatchObject({
    name: "Shop",
    siteId: "0123456789",
    settings: { limiter: { max: 50, duration: 1_000 }, convertDates: false },
  });
  expect(await store.apiKeyOf(made?.id ?? "")).toBe(secrets.SHOP_API_KEY);
  expect(await sources.list()).toMatchObject([
    { name: "Office", kind: "server", connections: [made?.id, other?.id], messagesPerSecond: 50 },
    { name: "Pages", origins: ["https://shop.example"], writeKeys: [{ key: "wk_pages" }] },
  ]);
  expect(await rules.read(made?.id ?? "")).toMatchObject({
    version: 1,
    rules: [{ name: "No cards", on: true }],
  });
  const version = await store.version();
  expect(await apply(path)).toBe("Nothing to change.\n");
  expect(await store.version()).toBe(version);
});

test("diff shows what differs, and secrets only as changed", async () => {
  const { apply, run } = await start();
  await apply(await write(shop));
  const changed = shop
    .replace("max: 50", "max: 70")
    .replace("SHOP_API_KEY", "OTHER_API_KEY")
    .replace("connections: [Shop, Other]", "connections: [other]")
    .replace("remove: properties.card", "hash: properties.card");
  const { code, stdout } = await run(["diff", await write(changed)]);
  expect({ code, stdout }).toEqual({
    code: 2,
    stdout: `~ rules of connection "Shop"
    rule "No cards": changed
~ source "Office"
    connections: ["Shop","Other"] → ["other"]
~ connection "Shop"
    apiKey: changed
    settings.limiter.max: 50 → 70
`,
  });
  await apply(await write(changed));
  expect(await run(["diff", await write(changed)])).toEqual({
    code: 0,
    stdout: "No difference.\n",
    stderr: "",
  });
});

test("what is exported changes nothing when it is applied, and holds no secret", async () => {
  const env = {
    CHAT_URL: "https://chat.example/hook/token-1",
    CHAT_SECRET: "whsec_c2VjcmV0IHRoYXQgaXMgbG9uZyBlbm91Z2g=",
  };
  const more = { ...env, SHOP_SALT: "salt of the shop", MAIL_PASSWORD: "password of the mail server" };
  const { apply, run, alerts } = await start(more);
  const all = shop.replace("    rules:", `    salt: ${variable("SHOP_SALT")}\n    rules:`);
  await apply(
    await write(`${all}
alerts:
  settings: { holdMs: 20000, off: [gone-quiet] }
  channels:
    - { name: Chat, kind: webhook, url: "\${CHAT_URL}", secret: "\${CHAT_SECRET}" }
    - { name: Mail, kind: email, host: mail.example, port: 587, security: starttls, user: me, password: "\${MAIL_PASSWORD}", from: a@shop.example, to: [b@shop.example] }
`),
  );
  const stored = await alerts.read();
  expect(stored).toMatchObject({
    settings: { holdMs: 20_000 },
    channels: [{ name: "Chat" }, { name: "Mail" }],
  });
  const path = await write("");
  expect(await run(["export", path])).toEqual({ code: 0, stdout: "", stderr: "" });
  const text = await readFile(path, "utf8");
  for (const secret of Object.values({ ...secrets, ...more })) expect(text).not.toContain(secret);
  expect(text).toContain(`apiKey: ${variable("SHOP_API_KEY")}`);
  expect(text).toContain('siteId: "0123456789"');
  expect(await apply(path, "--prune")).toBe("Nothing to change.\n");
  expect(await alerts.read()).toEqual(stored);
  const { stdout } = await run(["export", "--write-keys-as-variables"]);
  expect(stdout).toContain(`- ${variable("PAGES_WRITE_KEY")}`);
  expect(stdout).not.toContain("wk_pages");
});

test("F271 what the file does not name is left, or removed with --prune after a list and a question", async () => {
  const { apply, run, store, sources } = await start();
  await apply(await write(shop));
  const pages = await sources.findByName("Pages");
  await sources.addWriteKey(pages?.id ?? "", "wk_the_next");
  await sources.update(pages?.id ?? "", { paused: true });
  const [, stored] = await store.list();
  await store.setDelivery(stored?.id ?? "", "shadow");
  const less = await write(`
sources:
  - { name: Pages, kind: browser, writeKeys: [wk_pages], connections: [Shop] }
connections:
  - { name: Shop, siteId: "0123456789", settings: { convertDates: false } }
`);
  const left = ['connection "Other"', 'source "Office"', 'write key …xt of source "Pages"'];
  const kept = await apply(less);
  for (const one of left) expect(kept).toContain(one);
  expect([await store.list(), await sources.list()]).toMatchObject([{ length: 2 }, { length: 2 }]);
  expect(await store.findSource("wk_the_next")).toBeDefined();

  const asked = await run(["apply", less, "--prune"]);
  expect(asked).toMatchObject({ code: 1, stdout: "" });
  expect(asked.stderr).toContain('- connection "Other"\n    with its messages: 0 waiting, 0 failed');
  expect(asked.stderr).toContain('- source "Office"');
  expect(asked.stderr).toContain("write key …xt: retired");
  expect(asked.stderr).toContain("settings.limiter.max: 50 → 100");
  expect(asked.stderr).toContain('rule "No cards": removed');
  expect(asked.stderr).toContain("run it in a terminal, or pass --yes");
  expect(await store.list()).toHaveLength(2);

  const terminal = "--import=data:text/javascript,process.stdin.isTTY=true";
  const refused = await run(["apply", less, "--prune"], { env: { NODE_OPTIONS: terminal }, input: "n\n" });
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toMatch(/Remove it\? \[y\/N\] .*nothing was done\n$/s);
  expect(await store.list()).toHaveLength(2);

  await apply(less, "--prune", "--yes");
  expect(await store.list()).toMatchObject([
    { name: "Shop", settings: { limiter: { max: 100 }, delivery: "shadow" } },
  ]);
  expect(await sources.list()).toMatchObject([
    { name: "Pages", origins: [], writeKeys: [{ key: "wk_pages" }], paused: true },
  ]);
  expect(await apply(less, "--prune")).toBe("Nothing to change.\n");
});

test("a source with a new name is another one, and never takes a write key from the former", async () => {
  const { run, sources } = await start();
  await sources.create({ name: "Pages", kind: "browser", writeKey: "wk_pages" });
  const renamed = await run([
    "apply",
    await write(shop.replace("name: Pages", "name: Web pages")),
    "--no-check",
  ]);
  expect(renamed).toEqual({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(
      /\n\S+router\.yaml:5:17 writeKeys\.0: The source "Pages" has this write key\. .* rename it on the page Sources first/,
    ),
  });
  expect(await sources.list()).toHaveLength(1);
});

test("F272 a connection's own source keeps the kind that the file gives it, also as destructiveEvents is turned on", async () => {
  const { apply, store, sources } = await start();
  const made = await store.create({
    name: "Shop",
    siteId: "site-1",
    apiKey: "key",
    region: "us",
    writeKey: "wk_1",
  });
  expect(made.ok).toBe(true);
  const path = await write(`
sources:
  - { name: Shop, kind: browser, connections: [Shop] }
connections:
  - { name: Shop, settings: { destructiveEvents: true } }
`);
  await apply(path);
  expect(await store.list()).toMatchObject([{ settings: { destructiveEvents: true } }]);
  expect(await sources.list()).toMatchObject([{ kind: "browser", writeKeys: [{ key: "wk_1" }] }]);
  expect(await apply(path)).toBe("Nothing to change.\n");
});

test("a file without sources gives each new connection a source of its own, and --prune leaves all sources", async () => {
  const { apply, sources } = await start();
  await sources.create({ name: "Pages", kind: "browser" });
  const path = await write("connections:\n  - { name: Shop, siteId: site-1, apiKey: key, region: us }\n");
  await apply(path, "--prune");
  expect(await sources.list()).toMatchObject([
    { name: "Pages", connections: [] },
    { name: "Shop", kind: "browser", connections: [expect.any(String)] },
  ]);
});

test("F273 keys that Customer.io refuses are told with their line, and nothing is saved", async () => {
  const sandbox = await createSandbox({
    region: "eu",
    keys: [{ siteId: "site-1", apiKey: secrets.SHOP_API_KEY }],
  });
  const trackUrl = await sandbox.start();
  onTestFinished(() => sandbox.close());
  const { run, store } = await start({ ALLOW_CUSTOM_TRACK_URL: "true" });
  const text = (key: string) => `connections:
  - { name: First, siteId: site-1, apiKey: "\${SHOP_API_KEY}", trackUrl: ${trackUrl} }
  - name: Second
    siteId: site-1
    apiKey: \${${key}}
    trackUrl: ${trackUrl}
`;
  const refused = await run(["apply", await write(text("OTHER_API_KEY"))]);
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/\n\S+router\.yaml:5:5 apiKey: The custom URL rejects the keys \(401\)/),
  });
  expect(refused.stderr).not.toContain(secrets.OTHER_API_KEY);
  expect(await store.list()).toEqual([]);
  expect(await run(["apply", await write(text("SHOP_API_KEY"))])).toMatchObject({ code: 0 });
  expect(await store.list()).toMatchObject([{ region: "eu" }, { region: "eu" }]);
});

test("F274 a save that fails says what was saved and what was not, and running it again finishes", async () => {
  const { apply, run, alerts, store } = await start();
  const channel = (name: string) => `    - { name: ${name}, kind: webhook, url: "https://chat.example/" }\n`;
  for (let number = 1; number <= 19; number++) {
    await alerts.createChannel({ kind: "webhook", name: `Channel ${number}`, url: "https://chat.example/" });
  }
  const connection = `connections:\n  - { name: Shop, siteId: site-1, apiKey: key, region: us }\n`;
  const path = await write(`${connection}alerts:\n  channels:\n${channel("A")}${channel("B")}`);
  const failed = await run(["apply", path, "--no-check"]);
  expect(failed).toMatchObject({ code: 1, stdout: "" });
  expect(
    failed.stderr,
  ).toBe(`config apply: + alert channel "B": name: There are 20 channels already, which is the maximum: delete one first.
Saved:
  + connection "Shop"
  + alert channel "A"
Not saved:
  + alert channel "B"
Run it again once that is mended: it saves what is missing.
`);
  expect(await store.list()).toHaveLength(1);
  const [first] = (await alerts.read()).channels.filter(({ name }) => name.startsWith("Channel"));
  await alerts.removeChannel(first?.id ?? "");
  expect(await apply(path)).toMatch(/^\+ alert channel "B"\nApplied\.\n/);
});

test("F275 new write keys are valid before former ones are retired", async () => {
  const { sources } = await start();
  const made = await sources.create({ name: "Shop", kind: "server", writeKey: "wk_1" });
  if (!made.ok) throw new Error("the source was not created");
  const { id } = made.source;
  const states: string[][] = [];
  const look = async () => {
    const keys = (await sources.get(id))?.writeKeys.map(({ key }) => key) ?? [];
    states.push(keys);
  };
  const replace = async (toAdd: string[], retired: string[]) => {
    const former = await sources.get(id);
    if (former === undefined) throw new Error("the source is gone");
    await replaceWriteKeys({
      former,
      toAdd,
      toRetire: former.writeKeys.filter(({ key }) => retired.includes(key)),
      details: [],
      left: [],
      save: look,
      sources: {
        ...sources,
        async retireWriteKey(...args) {
          await look();
          return sources.retireWriteKey(...args);
        },
      },
    });
    await look();
  };
  await replace(["wk_2"], ["wk_1"]);
  expect(states).toEqual([["wk_1", "wk_2"], ["wk_1", "wk_2"], ["wk_2"]]);
  await replace(["wk_3"], []);
  states.length = 0;
  await replace(["wk_4"], ["wk_2"]);
  expect(states).toEqual([
    ["wk_2", "wk_3"],
    ["wk_3", "wk_4"],
    ["wk_3", "wk_4"],
  ]);
});

test("the example is applied as it is", async () => {
  const example = join(import.meta.dirname, "../../../deploy/router.yaml");
  const text = await readFile(example, "utf8");
  const names = [...text.matchAll(/: \$\{(\w+)\}|- \$\{(\w+)\}/g)].map(
    ([, one, other]) => one ?? other ?? "",
  );
  expect(names).toHaveLength(6);
  const env = Object.fromEntries(names.map((name) => [name, `value-of-${name}`]));
  const { apply, sources } = await start({ ...env, CHAT_URL: "https://chat.example/hook" });
  await apply(example);
  expect(await sources.list()).toMatchObject([{ writeKeys: { length: 2 } }, { connections: { length: 2 } }]);
  expect(await apply(example, "--prune")).toBe("Nothing to change.\n");
});

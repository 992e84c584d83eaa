import { createAlertStore } from "@customerio-router/alerts";
import { createConnectionStore } from "@customerio-router/connections";
import { expect, test } from "vitest";
import { startRedisForTest } from "./redis-for-tests.ts";
import { runCommand } from "./run-command.ts";

const formerKey = "the former secret key, 32 characters";
const latterKey = "the latter secret key, 32 characters";

/** Two connections whose API keys were encrypted with the former key. */
async function openSetting() {
  const { url, redis } = await startRedisForTest();
  const store = createConnectionStore({ redis, secretKey: formerKey });
  const save = async (name: string): Promise<string> => {
    const saved = await store.create({ name, siteId: "site-1", apiKey: `key-of-${name}`, region: "us" });
    if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
    return saved.connection.id;
  };
  const ids = [await save("Shop"), await save("Blog")].toSorted();
  const alertsOf = (secretKey: string) => createAlertStore({ redis, secretKey });
  return {
    ids,
    alertsOf,
    apiKeyOf: (id: string) => createConnectionStore({ redis, secretKey: latterKey }).apiKeyOf(id),
    run: (args: string[], env: Record<string, string>) =>
      runCommand(["rekey", ...args], { env: { REDIS_URL: url, SECRET_KEY: latterKey, ...env } }),
  };
}

type Rekeyed = { resealed: string[]; already: string[]; unreadable: { id: string; why: string }[] };

test("rekey --json names the connections whose API keys it encrypted anew, and those that already were", async () => {
  const { ids, apiKeyOf, run } = await openSetting();
  const rekey = async () => {
    const ran = await run(["--json"], { OLD_SECRET_KEY: formerKey });
    const { resealed, already, unreadable } = JSON.parse(ran.stdout) as Rekeyed;
    return [ran.code, resealed.toSorted(), already.toSorted(), unreadable];
  };
  expect(await rekey()).toEqual([0, ids, [], []]);
  expect(await rekey()).toEqual([0, [], ids, []]);
  expect(await Promise.all(ids.map(apiKeyOf))).toEqual(
    expect.arrayContaining(["key-of-Shop", "key-of-Blog"]),
  );
});

test("F231 rekey encrypts the secrets of alerts' channels anew, and says so", async () => {
  const { alertsOf, run } = await openSetting();
  const url = "https://hooks.example.com/token";
  const made = await alertsOf(formerKey).createChannel({ kind: "webhook", name: "Pager", url });
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  const ran = await run([], { OLD_SECRET_KEY: formerKey });
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining("whose secrets were encrypted: 1.")]);
  const latter = alertsOf(latterKey);
  expect(latter.secretsOf(await latter.read(), made.value.id).url).toBe(url);
  const failed = await run([], {
    OLD_SECRET_KEY: formerKey,
    SECRET_KEY: "a third secret key, of 32 characters",
  });
  expect(failed.stderr).toContain("2 API keys can be decrypted with neither key");
  expect(failed.stderr).toContain("The secrets of 1 channels of alerts can be decrypted with neither key");
  expect([failed.code, failed.stdout + failed.stderr]).toEqual([1, expect.not.stringContaining("token")]);
});

test("rekey --json fails with what neither key decrypts, and --lost --json deletes it", async () => {
  const { ids, apiKeyOf, run } = await openSetting();
  const ran = await run(["--json"], { OLD_SECRET_KEY: "another secret key, of 32 characters" });
  expect(ran.code).toBe(1);
  const { unreadable } = JSON.parse(ran.stdout) as Rekeyed;
  expect(unreadable.map(({ id }) => id).toSorted()).toEqual(ids);
  expect(ran.stderr).toContain("2 API keys can be decrypted with neither key");
  expect(ran.stderr).toMatch(/^ +Shop: /m);
  const gaveUp = await run(["--lost", "--json"], {});
  const { lost } = JSON.parse(gaveUp.stdout) as { lost: string[] };
  expect([gaveUp.code, lost.toSorted()]).toEqual([0, ids]);
  await expect(apiKeyOf(ids[0] ?? "")).rejects.toThrow();
});

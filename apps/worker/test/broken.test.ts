import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { openSetting } from "./setting.ts";

test.each([
  ["is no JSON", () => "{"],
  ["names another region", (text: string) => text.replace('"us"', '"ap"')],
  [
    "has a setting out of its bounds",
    (text: string) => text.replace('"settings":{', '"settings":{"inFlight":0,'),
  ],
])("F83 a stored connection that %s is left out and named, and the others go on", async (_, damage) => {
  const { client, connection, createConnection, destination, log, startWorker, store, track } =
    await openSetting();
  const other = await createConnection("Other", destination);
  const records = "customerio-router:{connections}:records";
  await client.hset(records, other.id, damage((await client.hget(records, other.id)) ?? ""));
  await track(["a"]);
  startWorker();
  await waitFor(() => destination.visible().length === 1, { what: "the message of the good one" });
  await waitFor(
    () => log.some((line) => line.includes(other.id) && line.includes("cannot read a connection")),
    {
      what: "the bad one to be named",
    },
  );
  expect((await store.list()).map(({ id }) => id)).toEqual([connection.id]);
  expect((await store.listBroken()).map(({ id }) => id)).toEqual([other.id]);
});

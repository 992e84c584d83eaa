import { startFaultProxy, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { disposed, openSetting } from "./setting.ts";

test("F135 a job whose take was answered into a connection that broke is delivered, in its turn", async () => {
  const { destination, queue, redis, startWorker, track } = await openSetting();
  const proxy = disposed(await startFaultProxy({ targetPort: redis.port }));
  startWorker({ redisPort: proxy.port });
  const people = () => destination.visible().map(({ identifiers }) => identifiers?.id);
  await track(["first"]);
  await waitFor(() => people().length === 1, { what: "the worker to deliver" });
  await waitFor(async () => (await queue.getActiveCount()) === 0, { what: "its settlement" });
  // Redis has taken the job before its answer is back.
  proxy.delay(100);
  await track(["second"]);
  await waitFor(async () => (await queue.getActiveCount()) > 0, { what: "the take" });
  proxy.resetAll();
  await proxy.heal();
  await track(["third"]);
  await waitFor(() => people().length === 3, { what: "what was taken" });
  expect(people()).toEqual(["first", "second", "third"]);
});

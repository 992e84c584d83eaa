import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { openSetting } from "./setting.ts";

test("F226 leases that are lost and regained together are a line each, with their number", async () => {
  const { createConnection, destination, log, redis, startWorker } = await openSetting();
  await createConnection("B", destination);
  await createConnection("C", destination);
  startWorker();
  const says = (text: string) =>
    waitFor(() => log.some((line) => line.includes(text)), { what: `a line that says "${text}"` });
  await says("took the lease of 3 connections");
  redis.freeze();
  try {
    await says("lost the lease of 3 connections");
  } finally {
    redis.thaw();
  }
  await says("regained the lease of 3 connections");
  const lines = log.map((line) => JSON.parse(line)).filter(({ msg }) => msg.includes("the lease of"));
  expect(lines.map(({ connections }) => connections)).toEqual([3, 3, 3]);
  expect(lines[1]).toMatchObject({ level: "warn", named: expect.arrayContaining([expect.any(String)]) });
});

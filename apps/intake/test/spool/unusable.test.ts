import { startRedis, startRedisPair, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { createBackend } from "@customerio-router/queue";
import { connectRedis } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import { type IntakeProcess, startIntakeProcess } from "../intake-process.ts";

function disposed<Resource extends AsyncDisposable>(resource: Resource): Resource {
  onTestFinished(() => resource[Symbol.asyncDispose]());
  return resource;
}

async function startIntake(options: {
  redisUrl: string;
  dataDir: string;
  ready?: string;
}): Promise<IntakeProcess> {
  const intake = await startIntakeProcess(options);
  disposed(intake.process);
  return intake;
}

/** The messageIds that wait in Redis, oldest first. */
async function queued(url: string): Promise<string[]> {
  const client = connectRedis({ url, profile: "consumer" });
  try {
    const [connectionId = ""] = await client.hkeys("customerio-router:{connections}:records");
    const jobs = await createBackend(client).queue(connectionId).getWaiting();
    return jobs.flatMap(({ data }) =>
      data.entries.map(({ message }) => (message as { messageId: string }).messageId),
    );
  } finally {
    client.disconnect();
  }
}

test("F95 an intake on a Redis that cannot serve is not ready, and what it took is drained once it can", async () => {
  const { url } = disposed(await startRedis({ settings: { databases: "4" } }));
  const { path: dataDir } = disposed(await temporaryFolder());
  // The first one learns the write keys.
  await (await startIntake({ redisUrl: url, dataDir })).process.kill("SIGTERM");

  const wrong = await startIntake({ redisUrl: `${url}/4`, dataDir, ready: "/livez" });
  const isTold = async () => (await wrong.readiness()).problems.join().includes("does not have the database");
  await waitFor(isTold, { what: "the problem" });
  for (const id of ["m1", "m2"]) expect((await wrong.post(id)).status).toBe(200);
  expect(await wrong.readiness()).toMatchObject({
    status: 503,
    warnings: [expect.stringMatching(/^2 messages .* wait in the spool/)],
  });
  expect(await queued(url)).toEqual([]);
  await wrong.process.kill("SIGTERM");

  await startIntake({ redisUrl: url, dataDir });
  await waitFor(async () => (await queued(url)).length === 2, { what: "both messages" });
  expect(await queued(url)).toEqual(["m1", "m2"]);
});

test("F98 an intake whose Redis becomes a replica says that it takes no writes, and is not ready once that lasts", async () => {
  const pair = disposed(await startRedisPair());
  const { path: dataDir } = disposed(await temporaryFolder());
  const intake = await startIntake({ redisUrl: pair.primary.url, dataDir });
  await pair.promote();
  const says = async (status: number, where: "warnings" | "problems") => {
    const readiness = await intake.readiness();
    return (
      readiness.status === status && readiness[where].join().includes("Redis is a replica and refuses writes")
    );
  };
  await waitFor(() => says(200, "warnings"), { what: "a warning, while a promotion may be under way" });
  expect((await intake.post("m1")).status).toBe(200);
  await waitFor(() => says(503, "problems"), { what: "the problem", timeoutMs: 30_000 });
  expect((await intake.post("m2")).status).toBe(200);
  expect(await intake.spooledMessages()).toBe(2);
});

test("F97 what is unwise about Redis's settings is a warning, in the log once and in /readyz", async () => {
  const { url } = disposed(await startRedis({ maxmemoryPolicy: "allkeys-lru" }));
  const { path: dataDir } = disposed(await temporaryFolder());
  const intake = await startIntake({ redisUrl: url, dataDir });
  const warning = "Redis's maxmemory-policy is allkeys-lru";
  const saysJustThat = async () => {
    const { status, problems, warnings } = await intake.readiness();
    const others = warnings.filter((each) => !each.startsWith("No worker is alive"));
    return status === 200 && problems.length === 0 && others.length === 1 && others[0]?.includes(warning);
  };
  // A busy machine makes Redis late or slow for a moment, which is another warning.
  await waitFor(saysJustThat, { what: "this warning alone" });
  await waitFor(() => intake.process.output.includes(warning), { what: "the warning in the log" });
});

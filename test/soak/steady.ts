import { setTimeout as delay } from "node:timers/promises";
import {
  freePort,
  startFaultProxy,
  startProcess,
  startRedis,
  temporaryFolder,
  waitFor,
} from "@customerio-router/fixtures";
import { readInfo } from "@customerio-router/redis";
import { readLedger, recordBytes } from "@customerio-router/reports";
import { createCommand, numberFrom, readCommandLine } from "@customerio-router/service";
import { post } from "../send.ts";
import { sendSteadily } from "../send-steadily.ts";
import { type Link, openSystem } from "../system.ts";

/*
 * Sends at a steady pace and watches Redis's memory, the backlog and the time from a call to its delivery, with the archive
 * on. Delivery must not notice an archive that hangs.
 * Exits with 1 when memory grows from the second third to the last, a message is missing, or delivery noticed.
 */
const {
  perSecond,
  seconds,
  hang: hangSeconds,
} = readCommandLine(
  createCommand("npm run soak:steady --", {
    summary: "Send at a steady pace, and watch memory, backlog and delays",
    examples: ["npm run soak:steady -- --seconds 600 --hang 60"],
    exitCode1:
      "Redis's memory grows to the end, a message is missing, or delivery noticed that the archive hung",
  })
    .option("--per-second <number>", "messages per second", numberFrom(1), 5_000)
    .option("--seconds <number>", "seconds that it sends", numberFrom(1), 180)
    .option(
      "--hang <seconds>",
      "archive to an S3 server that answers nothing for that long in the middle",
      numberFrom(0),
      0,
    ),
  process.argv.slice(2),
);
const sampleMs = 5_000;
const persons = Array.from({ length: 400 }, (_, index) => `person-${index}`);

await using opened = new AsyncDisposableStack();
const redis = opened.use(await startRedis({ maxmemory: "1gb" }));
const s3 = hangSeconds > 0 ? await startHangingS3() : undefined;
const system = opened.use(
  await openSystem({
    redis,
    latencyMs: 20,
    // Ids are remembered up to a bound, so that Redis reaches it soon.
    environment: { REMEMBERED_IDS: "50000", ...s3?.environment },
  }),
);
const [link] = system.links as [Link];
await system.startIntake();
const worker = await system.startWorker();

type Sample = {
  seconds: number;
  "memory MB": number;
  "to archive MB": number;
  backlog: number;
  "p50 ms": number;
  "p99 ms": number;
};
const samples: Sample[] = [];
const startedAt = performance.now();
const elapsed = () => (performance.now() - startedAt) / 1_000;
let goesOn = true;
const sending = sendSteadily(link, { ledger: link.ledger, persons, perSecond, goesOn: () => goesOn });
const latencies = watchLatencies(link);
while (elapsed() < seconds) {
  await delay(sampleMs);
  if (s3) s3.setHanging(elapsed() > seconds / 3 && elapsed() < seconds / 3 + hangSeconds);
  samples.push(await sample());
  console.log(JSON.stringify(samples.at(-1)));
}
s3?.setHanging(false);
goesOn = false;
await sending;
const account = await link.checkAtRest();
const { total } = await readLedger(system.client, link.connection.id, { by: "day" });
const archived = await worker.process[Symbol.asyncDispose]().then(() =>
  recordBytes(system.client, link.connection.id),
);
console.log({ ledger: total, acknowledged: account.acked, "left in Redis, bytes": archived });
process.exitCode = judge() ? 0 : 1;

async function sample(): Promise<Sample> {
  const info = readInfo(await system.client.info("memory"));
  const { p50, p99 } = latencies.take();
  return {
    seconds: Math.round(elapsed()),
    "memory MB": Math.round(Number(info.get("used_memory")) / 100_000) / 10,
    "to archive MB": Math.round((await recordBytes(system.client, link.connection.id)) / 100_000) / 10,
    backlog: link.ledger.acked - link.destination.arrived.length,
    "p50 ms": p50,
    "p99 ms": p99,
  };
}

/** The time from sending a probe to its arrival, of two probes a second. */
function watchLatencies({ ledger, destination, ...target }: Link) {
  let times: number[] = [];
  const probing = setInterval(async () => {
    const message = ledger.next(`probe-${Math.floor(Math.random() * 1_000)}`);
    const from = destination.arrived.length;
    const sentAt = performance.now();
    const answer = await post({ ...target }, "/v1/track", JSON.stringify(message)).catch(() => undefined);
    if (answer?.status !== 200) return;
    await answer.arrayBuffer();
    ledger.ack([message.messageId]);
    const hasArrived = () =>
      destination.arrived
        .slice(from)
        .some(
          ({ attributes }) =>
            (attributes as { ledgerId?: string } | undefined)?.ledgerId === message.messageId,
        );
    await waitFor(hasArrived, { what: "a probe", timeoutMs: 60_000, pollMs: 5 }).catch(() => {});
    times.push(performance.now() - sentAt);
  }, 500);
  probing.unref();
  return {
    take() {
      const sorted = times.toSorted((one, other) => one - other);
      times = [];
      const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
      return { p50: at(0.5), p99: at(0.99) };
    },
  };
}

function judge(): boolean {
  const third = Math.floor(samples.length / 3);
  const mean = (part: Sample[]) => part.reduce((sum, each) => sum + each["memory MB"], 0) / part.length;
  const [second, last] = [mean(samples.slice(third, 2 * third)), mean(samples.slice(2 * third))];
  const isFlat = last < 1.15 * second + 5;
  const adds =
    total.received === account.acked && total.delivered === total.received && account.lost.length === 0;
  console.log(
    `Redis's memory: ${second.toFixed(1)} MB in the second third, ${last.toFixed(1)} MB in the last. ${isFlat ? "Flat" : "It grows"}. ${adds ? "The ledger adds up." : "The ledger does not add up."}`,
  );
  return (isFlat || s3 !== undefined) && adds;
}

async function startHangingS3() {
  const folder = opened.use(await temporaryFolder());
  const port = await freePort();
  opened.use(
    await startProcess({
      entry: "packages/archive/test/processes/s3-server.ts",
      args: [String(port), folder.path],
      ready: /listening/,
    }),
  );
  const proxy = opened.use(await startFaultProxy({ targetPort: port }));
  let isHanging = false;
  return {
    environment: {
      ARCHIVE_URL: "s3://archive/soak",
      ARCHIVE_S3_ENDPOINT: `http://127.0.0.1:${proxy.port}`,
      ARCHIVE_S3_REGION: "eu-central-1",
      ARCHIVE_S3_PATH_STYLE: "true",
      AWS_ACCESS_KEY_ID: "ACCESS",
      AWS_SECRET_ACCESS_KEY: "secret",
    },
    setHanging(wanted: boolean) {
      if (wanted === isHanging) return;
      isHanging = wanted;
      if (wanted) proxy.freeze();
      else void proxy.heal();
    },
  };
}

import { startFaultProxy, startRedis, waitFor } from "@customerio-router/fixtures";
import { Redis as Client } from "ioredis";
import { post } from "../send.ts";
import { type Link, openSystem } from "../system.ts";

/** What a fail-over to a replica that had lagged loses of what callers were told is kept. */
export type Loss = { waitReplicas: number; sent: number; acknowledged: number; lost: number };

/** The replica is cut off while half of the messages come; then the primary ends, and the replica takes its place. */
export async function measureLoss(waitReplicas: number, messages: number): Promise<Loss> {
  await using primary = await startRedis();
  await using replica = await startRedis({ settings: { "repl-diskless-sync-delay": "0" } });
  await using address = await startFaultProxy({ targetPort: primary.port });
  const admin = new Client(replica.url);
  await using _admin = { [Symbol.asyncDispose]: async () => admin.disconnect() };
  await admin.replicaof("127.0.0.1", primary.port);
  const isUp = async () => (await admin.info("replication")).includes("master_link_status:up");
  await waitFor(isUp, { what: "the replica to follow", timeoutMs: 20_000 });

  const environment = { REDIS_WAIT_REPLICAS: String(waitReplicas), SPOOL_BYTES: "0" };
  const redis = { url: `redis://127.0.0.1:${address.port}` };
  await using system = await openSystem({ redis, environment });
  const [link] = system.links as [Link];
  await system.startIntake();
  await waitFor(async () => (await sendOne(link)) === 200, { what: "the intake to take" });
  let sent = 1;
  const sendHalf = async () => {
    for (let count = 0; count < messages / 2; count++, sent++) await sendOne(link);
  };
  await sendHalf();
  await admin.replicaof("127.0.0.1", 1);
  await sendHalf();
  await primary.kill("SIGKILL");
  await admin.replicaof("NO", "ONE");
  address.retarget(replica.port);
  address.resetAll();
  await system.startWorker();
  const { lost, acked } = await link.checkAtRest({ timeoutMs: 5_000 });
  return { waitReplicas, sent, acknowledged: acked, lost: lost.length };
}

async function sendOne(link: Link): Promise<number> {
  const message = link.ledger.next("person");
  const { status } = await post(link, "/v1/track", JSON.stringify(message));
  if (status === 200) link.ledger.ack([message.messageId]);
  return status;
}

import { fullShare } from "@customerio-router/redis";

/** What can be wrong with an installation. `symptom` is what pages and commands say, the rest is in the runbook. */
export type Situation = { symptom: string; meaning: string; action: string };

/** The rows of docs/runbook.md, by their anchors: what every page, command and alert says is taken from here. */
export const situations = {
  "no-worker": {
    symptom: "No worker is alive.",
    meaning: "Messages are accepted and kept. None is delivered until a worker runs.",
    action:
      "Start a worker, or read the log of the one that ended. Delivery continues in order; nothing is lost while Redis and the spool have room.",
  },
  "no-owner": {
    symptom: "No worker owns a connection.",
    meaning:
      "Workers are alive, but none of them delivers this connection. For a few seconds that is normal after a worker ended.",
    action:
      "If it lasts, read the workers' logs for stage `lease`, and restart the worker that cannot open it.",
  },
  "keys-refused": {
    symptom: "Customer.io refuses the keys of a connection.",
    meaning: "Its messages wait and are kept. The keys are wrong, or were revoked.",
    action:
      "Enter the Site ID and the Track API Key again on the connection's page. Delivery continues once they are accepted.",
  },
  "needs-attention": {
    symptom: "A connection needs attention.",
    meaning:
      "Its messages wait and are kept. What answers is not the Track API, every message is rejected, or its API key cannot be decrypted.",
    action: "Open the connection's page: it says why. Delivery continues once you correct that.",
  },
  retrying: {
    symptom: "Customer.io is away or busy.",
    meaning: "Requests of a connection fail or time out. They are retried in order, and nothing is lost.",
    action:
      "Look at Customer.io's status page. If only your requests fail, check the network, the proxy, and the connection's `limiter`.",
  },
  "waiting-long": {
    symptom: "Messages of a connection wait too long.",
    meaning:
      "The oldest waits for longer than the alerts' `oldestWaitingMs`. Nothing is lost; they are delivered in order.",
    action:
      "Look at the connection's state, then at its `limiter` and at the number of workers: more may arrive than they deliver.",
  },
  "many-rejected": {
    symptom: "Many messages of a connection are rejected.",
    meaning:
      "Of the messages settled within the last hour, more than the alerts' `rejectedPercent` were rejected, by Customer.io or before they were sent to it. They are kept among the failed ones.",
    action:
      "Read the reasons on the page *Failed*, correct the sender or the mapping, and retry what is worth it.",
  },
  "slow-delivery": {
    symptom: "Messages of a connection are delivered late.",
    meaning:
      "Within the last hour more than 5 % took longer from receipt to delivery than the alerts' `deliveredWithinMs`.",
    action:
      "Look at the page *Delivery*: if all are late, add workers or raise the connection's `limiter`; if some are, Customer.io was away for a while.",
  },
  "gone-quiet": {
    symptom: "A connection has gone quiet.",
    meaning:
      "It received nothing for the alerts' `quietMs`, at a time of day at which it is usually busy. Silence is not health.",
    action:
      "Check that its senders run and reach the intake, and that they use the right write key: the page *Refused* lists calls that were refused.",
  },
  "redis-away": {
    symptom: "Redis is away.",
    meaning:
      "Nothing is delivered, and the dashboard shows no messages. Intakes keep what arrives in their spools; without a spool they ask callers to send again.",
    action:
      "Start Redis, or correct `REDIS_URL` or the network. Everything continues without a restart once Redis answers.",
  },
  "redis-read-only": {
    symptom: "Redis refuses writes.",
    meaning:
      "It is a replica, lost its replicas, or cannot write its disk. Nothing is delivered; intakes keep what arrives in their spools.",
    action: "Point `REDIS_URL` to the primary, promote the replica, or make room on Redis's disk.",
  },
  "redis-full": {
    symptom: `Redis is over ${100 * fullShare} % full.`,
    meaning:
      "Intakes add nothing more and use their spools. What is in Redis is delivered, which makes room.",
    action:
      "Give Redis more memory, and find out why messages wait: the connections' states say it. Never delete keys to make room.",
  },
  "redis-emptied": {
    symptom: "Redis lost its data.",
    meaning: "A connection is missing, and the spool keeps the messages that arrive for it.",
    action:
      "Point `REDIS_URL` to the right Redis, restore its backup, or create the connection again with the same write key. If it will not return, `npm run spool` assigns its messages to another connection or drops them.",
  },
  "redis-unsafe": {
    symptom: "Redis can lose messages.",
    meaning:
      "It evicts keys, writes no append-only file, has no `maxmemory`, or its replicas lag. All is well until it stops or is full.",
    action:
      "Set `appendonly yes`, `appendfsync always`, `maxmemory-policy noeviction` and a `maxmemory`; check lagging replicas.",
  },
  "spool-in-use": {
    symptom: "Messages wait in a spool.",
    meaning:
      "An intake keeps messages on its disk, because Redis was away, slow or full. They are acknowledged and safe.",
    action:
      "Correct what is wrong with Redis. The intake drains its spool in order; do not delete its `DATA_DIR`, and do not stop it for good before it is empty.",
  },
  "spool-half-full": {
    symptom: "A spool is over half full.",
    meaning: "When it is full, callers are asked to send again.",
    action:
      "Correct what is wrong with Redis, or raise `SPOOL_BYTES` if the disk has room, and restart the intake.",
  },
  "spool-failing": {
    symptom: "A spool cannot be written.",
    meaning:
      "The disk of an intake is full or fails. While Redis is away too, callers are asked to send again.",
    action: "Make room under `DATA_DIR`, raise `SPOOL_BYTES`, or repair the disk.",
  },
  "no-intake": {
    symptom: "No intake is alive.",
    meaning:
      "Nobody accepts calls. SDKs keep some of them and send them again; others are lost at the caller.",
    action: "Start an intake, or read the log of the one that ended.",
  },
  "archive-away": {
    symptom: "The archive is away.",
    meaning:
      "It cannot be read, or another one is seen than the workers write. Settled messages stay in Redis meanwhile, at most `RECORD_BYTES` of them, and pages miss older ones.",
    action:
      "Give all workers and dashboards one folder or bucket in `ARCHIVE_URL`, and check its credentials, network and disk.",
  },
  "archive-behind": {
    symptom: "The archive is behind.",
    meaning:
      "Settled messages wait to be archived for longer than `ARCHIVE_CUT_MS`. Delivery does not wait for it, but the oldest are removed when Redis has no room for them.",
    action: "Read the workers' logs for stage `archive`.",
  },
  "secret-key-wrong": {
    symptom: "SECRET_KEY is missing, or not this installation's.",
    meaning:
      "No API key can be decrypted with it, so nothing is delivered. Worker and dashboard do not start.",
    action:
      "Start every process with the key that this installation began with. If it is lost, run `npm run rekey -- --lost` with a new one, and enter the API keys again.",
  },
  "versions-differ": {
    symptom: "Processes of different versions run.",
    meaning: "Fine during an upgrade; otherwise one was forgotten.",
    action: "Restart the processes of the older version with the newer one.",
  },
  "upgrade-open": {
    symptom: "An upgrade is not finished.",
    meaning:
      "Stored data has the format of the version before, so that you can roll back. What came with this version is refused meanwhile, such as rules and sources.",
    action: "Once every process runs this version, run `npm run cli -- upgrade`.",
  },
  "clocks-differ": {
    symptom: "The clocks of this machine and of Redis differ.",
    meaning:
      "Times of messages are wrong by as much. Leases and limits use Redis's clock and are not affected.",
    action: "Set both clocks by NTP.",
  },
} as const satisfies Record<string, Situation>;

export type SituationName = keyof typeof situations;

/** What is so at the moment, in one sentence more than its symptom. */
export type FoundSituation = { name: SituationName; detail?: string };

/** The symptom with what is known of this case, or else what it means. */
export function describeSituation({ name, detail }: FoundSituation): string {
  const { symptom, meaning } = situations[name];
  return `${symptom} ${detail ?? meaning}`;
}

/** Where in the repository its row is. */
export function runbookRow(name: SituationName): string {
  return `docs/runbook.md#${name}`;
}

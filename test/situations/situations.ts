import type { Redis } from "@customerio-router/fixtures";
import { freePort } from "@customerio-router/fixtures";
import type { RedisClient } from "@customerio-router/redis";
import type { SituationName } from "@customerio-router/reports";
import type { Destination } from "../destination.ts";
import type { WorkerService } from "../system.ts";

/** What a situation is made with: one connection, an intake, a dashboard, two workers, of which the first owns the connection. */
export type Stage = {
  redis: Redis;
  client: RedisClient;
  /** What a person does once the keys are right again. */
  save(): Promise<unknown>;
  destination: Destination;
  workers: [owner: WorkerService, other: WorkerService];
  startWorker(): Promise<WorkerService>;
};

/** Something that goes wrong, and what every place has to say within 20 s of its beginning. */
export type Situation = {
  name: string;
  /** Makes it happen. Gives what ends it. */
  begin(stage: Stage): Promise<() => Promise<unknown>>;
  /** What a page and the API call the connection's state meanwhile; undefined while they cannot know it. */
  state: string | undefined;
  /** The row of the runbook that alert and doctor name meanwhile; left out while all is well. */
  row?: SituationName;
};

export const situations: Situation[] = [
  { name: "one of two workers dead", state: "active", begin: ({ workers }) => kill(workers.slice(0, 1)) },
  { name: "one of two workers frozen", state: "active", begin: ({ workers }) => freeze(workers.slice(0, 1)) },
  {
    name: "all workers gone",
    state: "no-worker",
    row: "no-worker",
    async begin({ workers, startWorker }) {
      await kill(workers);
      return startWorker;
    },
  },
  {
    name: "Redis down",
    state: undefined,
    row: "redis-away",
    async begin({ redis }) {
      await redis.kill("SIGKILL");
      return () => redis.restart();
    },
  },
  {
    name: "Redis frozen",
    state: undefined,
    row: "redis-away",
    async begin({ redis }) {
      redis.freeze();
      return async () => redis.thaw();
    },
  },
  {
    name: "Redis read-only",
    state: undefined,
    row: "redis-read-only",
    async begin({ client }) {
      await client.call("REPLICAOF", "127.0.0.1", String(await freePort()));
      return () => client.call("REPLICAOF", "NO", "ONE");
    },
  },
  {
    name: "Redis full",
    state: "active",
    row: "redis-full",
    async begin({ client }) {
      await client.call("CONFIG", "SET", "maxmemory", "1");
      return () => client.call("CONFIG", "SET", "maxmemory", "256mb");
    },
  },
  {
    name: "Redis emptied",
    state: undefined,
    row: "redis-emptied",
    async begin({ client }) {
      await client.flushall();
      return async () => {};
    },
  },
  {
    name: "keys revoked",
    state: "keys-refused",
    row: "keys-refused",
    async begin(stage) {
      const end = await answering({ status: 401 })(stage);
      return async () => {
        await end();
        await stage.save();
      };
    },
  },
  { name: "500s", state: "retrying", row: "retrying", begin: answering({ status: 500 }) },
  {
    name: "429s",
    state: "retrying",
    row: "retrying",
    begin: answering({ status: 429, headers: { "retry-after": "1" } }),
  },
  { name: "destination hung", state: "retrying", row: "retrying", begin: answering("silence") },
];

async function kill(workers: WorkerService[]) {
  await Promise.all(workers.map(({ process }) => process.kill("SIGKILL")));
  return async () => {};
}

async function freeze(workers: WorkerService[]) {
  for (const { process } of workers) process.freeze();
  return async () => {
    for (const { process } of workers) process.thaw();
  };
}

type Answer = NonNullable<ReturnType<Destination["misbehave"]>>["answer"];

function answering(answer: Answer): Situation["begin"] {
  return async ({ destination }) => {
    destination.misbehave = () => ({ answer });
    return async () => {
      destination.misbehave = () => undefined;
      destination.hangUp();
    };
  };
}

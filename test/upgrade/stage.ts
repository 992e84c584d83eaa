import { freePort, type Redis } from "@customerio-router/fixtures";
import { sendNumbered } from "../send.ts";
import type { Service, System } from "../system.ts";

/** Whose intake and worker run. */
export type Version = "former" | "this";

/** Where processes of both versions are started, given messages, and killed. */
export type Stage = {
  start(app: "intake" | "worker", version: Version): Promise<void>;
  /** Sends to the intake of a version until all is acknowledged. */
  send(version: Version, share?: number): Promise<void>;
  /** Leaves messages in the queues, in the worker's hand and in the spool, and kills everything. */
  fillAndKill(version: Version): Promise<void>;
  killAll(): Promise<void>;
  /** Kills the worker that was started first. */
  killWorker(): Promise<void>;
  /** The output of processes that ended by themselves. */
  ended(): string[];
};

const persons = Array.from({ length: 10 }, (_, index) => `person-${index}`);
/** Too long for Customer.io: what they do is rejected, and stays as a failed job. */
const unwanted = "x".repeat(200);

export async function createStage(options: {
  system: System;
  redis: Redis;
  /** The folder of the former version. */
  checkout: string;
  /** Of each connection, each time they are sent. */
  messages: number;
}): Promise<Stage> {
  const { system, redis, checkout, messages } = options;
  const { links } = system;
  const folders = { former: checkout, this: undefined };
  const ports = { former: await freePort(), this: await freePort() };
  const running = { intake: new Set<Service>(), worker: new Set<Service>() };
  const all = () => [...running.intake, ...running.worker];

  async function send(version: Version, share = 1): Promise<void> {
    const count = Math.ceil((messages * share) / (persons.length + 1) / 5) * 5;
    const intakeUrl = `http://127.0.0.1:${ports[version]}`;
    const send = { persons: [...persons, unwanted], count, groupSize: 5 };
    await Promise.all(
      links.map(({ writeKey, ledger }) => sendNumbered({ intakeUrl, writeKey }, { ledger, ...send })),
    );
  }

  async function killAll(): Promise<void> {
    await Promise.all(all().map(({ process }) => process.kill("SIGKILL")));
    running.intake.clear();
    running.worker.clear();
  }

  return {
    send,
    killAll,
    async start(app, version) {
      const service =
        app === "intake"
          ? await system.startIntake({ INTAKE_PORT: String(ports[version]) }, folders[version])
          : await system.startWorker({}, folders[version]);
      running[app].add(service);
    },
    async fillAndKill(version) {
      for (const { destination } of links) destination.misbehave = () => ({ answer: { status: 503 } });
      try {
        await send(version);
        redis.freeze();
        await send(version, 0.25);
      } finally {
        await killAll();
        redis.thaw();
        for (const { destination } of links) destination.misbehave = () => undefined;
      }
    },
    async killWorker() {
      const [first] = running.worker;
      if (first === undefined) return;
      running.worker.delete(first);
      await first.process.kill("SIGKILL");
    },
    ended: () => all().flatMap(({ process }) => (process.running ? [] : [process.output.slice(-2_000)])),
  };
}

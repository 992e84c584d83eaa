import { createCommand, readCommandLine } from "@customerio-router/service";
import { fuzz } from "./fuzz.ts";
import { measureIdleConnections } from "./idle-connections.ts";
import { type Case, measureCase } from "./measure-case.ts";

/*
 * What the intake takes in, against the least any such server has to do: Fastify alone, which reads the same requests
 * and answers them without keeping anything. The intake runs as in production, with Redis syncing before each answer.
 * Client, servers and Redis share the machine: the ratios carry over, the figures do not.
 */
const { quick } = readCommandLine(
  createCommand("npm run bench:intake --", {
    summary: "Measure the intake against Fastify alone",
    description: "Takes some eight minutes",
    examples: ["npm run bench:intake -- --quick"],
  }).option("--quick", "measure 64 connections once"),
  process.argv.slice(2),
);
const rounds = quick ? 1 : 3;
const connectionCounts = quick ? [64] : [1, 64, 500];

const cases: Case[] = connectionCounts.flatMap((connections) =>
  [1, 20].flatMap((messages) => [false, true].map((isPacked) => ({ connections, messages, isPacked }))),
);

const table: object[] = [];
for (const [index, one] of cases.entries()) {
  say(`case ${index + 1} of ${cases.length}: ${one.connections} connections, ${one.messages} a request`);
  const { intake, alone } = await measureCase(one, {
    rounds,
    onRound: (round) => say(`  round ${round} of ${rounds}`),
  });
  table.push({
    connections: one.connections,
    "a request": one.messages,
    body: one.isPacked ? "gzip" : "plain",
    "intake msg/s": Math.round(intake.messagesPerSecond),
    "requests/s": Math.round(intake.requestsPerSecond),
    "429/s": Math.round(intake.refusedPerSecond),
    "p50 ms": intake.p50Ms.toFixed(1),
    "p99 ms": intake.p99Ms.toFixed(1),
    "CPU µs/msg": intake.cpuMicroseconds.toFixed(1),
    "Fastify msg/s": Math.round(alone.messagesPerSecond),
    "its CPU": alone.cpuMicroseconds.toFixed(1),
    ratio: (intake.messagesPerSecond / alone.messagesPerSecond).toFixed(2),
    "CPU ratio": (alone.cpuMicroseconds / intake.cpuMicroseconds).toFixed(2),
  });
}
console.table(table);

say("10,000 idle connections");
console.table([await measureIdleConnections({ connections: 10_000 })]);

say(
  "20,000 bodies and headers that make no sense: memory grows until V8 has seen them all, then it must not",
);
console.table([await fuzz({ requests: 20_000, onProgress: (done) => say(`  ${done} sent`) })]);

function say(text: string): void {
  console.error(text);
}

import type { Connection, ShownSource } from "@customerio-router/connections";
import {
  type Account,
  type ConnectionState,
  readLedgers,
  readRefused,
  readReports,
  splitByEvent,
} from "@customerio-router/reports";
import { findMessage } from "../../messages/find/find-messages.ts";
import type { KnownMessage } from "../../messages/find/known-message.ts";
import type { MessagesContext } from "../../messages/messages-context.ts";
import { findWhyWaiting, type WhyWaiting } from "../../messages/why-waiting.ts";
import { testEvent } from "./send-test-event.ts";

/** How far a connection is from its first delivered message. */
export type SetUp = {
  connection: Connection;
  /** Those that feed it. */
  sources: ShownSource[];
  /** Of all time. */
  account: Account;
  /** What came of calls that are no test events; `undefined`: none of a test has an outcome yet, so the account tells. */
  ofCode: Pick<Account, "delivered" | "skipped" | "rejected"> | undefined;
  state: ConnectionState | undefined;
  /** While nothing but test events was delivered: the latest reason why a request of its sources was refused; `isOfSource` is false for requests without a known write key. */
  refused: { reason: string; requests: number; isOfSource: boolean } | undefined;
  test: TestEvent | undefined;
};

/** A test event that the intake has accepted. `known` is absent until a queue has it. */
export type TestEvent = { messageId: string; known?: KnownMessage; waiting?: WhyWaiting | undefined };

export async function readSetUp(
  context: MessagesContext,
  connection: Connection,
  testId: string | undefined,
): Promise<SetUp> {
  const { redis, sources } = context;
  const [feeding, { total: account, days }, { connections: reports }] = await Promise.all([
    sources.ofConnection(connection.id),
    readLedgers(redis, [connection.id], {}),
    readReports(redis, [connection.id]),
  ]);
  const tests = splitByEvent(days).find(({ event }) => event === `track ${testEvent}`);
  const ofCode = tests && {
    delivered: account.delivered - tests.delivered,
    skipped: account.skipped - tests.skipped,
    rejected: account.rejected - tests.rejected,
  };
  const isCodeLeft = (ofCode ?? account).delivered === 0;
  return {
    connection,
    sources: feeding,
    account,
    ofCode,
    state: reports[0]?.state,
    refused: isCodeLeft ? await readLatestRefusal(context, feeding) : undefined,
    test: testId === undefined ? undefined : await readTestEvent(context, connection, testId),
  };
}

/** Whether nothing is left to wait for. */
export function isSetUp({ account, ofCode = account, test }: SetUp): boolean {
  const isTestOver = test === undefined || (test.known !== undefined && test.known.state !== "waiting");
  return ofCode.delivered > 0 && isTestOver;
}

async function readLatestRefusal(
  { redis }: Pick<MessagesContext, "redis">,
  sources: readonly ShownSource[],
): Promise<SetUp["refused"]> {
  const ofSources = (await Promise.all(sources.map(({ id }) => readRefused(redis, id)))).flat();
  const [latest] = ofSources.sort((one, other) => other.lastAtMs - one.lastAtMs);
  if (latest) return { ...latest, isOfSource: true };
  const [unknown] = await readRefused(redis);
  // Before its first source existed, nobody can have meant this connection.
  const sinceMs = Math.min(...sources.map(({ createdAt }) => Date.parse(createdAt)));
  return unknown && unknown.lastAtMs >= sinceMs ? { ...unknown, isOfSource: false } : undefined;
}

async function readTestEvent(
  context: MessagesContext,
  connection: Connection,
  messageId: string,
): Promise<TestEvent> {
  const [known] = await findMessage(context, { connections: [connection], messageId });
  if (!known) return { messageId };
  return { messageId, known, waiting: await findWhyWaiting(context, known) };
}

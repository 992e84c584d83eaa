import { setTimeout as delay } from "node:timers/promises";
import type { Ledger, NumberedMessage } from "@customerio-router/fixtures";

export type Target = { intakeUrl: string; writeKey: string };

/** One request of a caller; `body` is sent as it is. */
export function post(target: Target, path: string, body: string): Promise<Response> {
  return fetch(target.intakeUrl + path, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${target.writeKey}:`).toString("base64")}`,
      "content-type": "application/json",
    },
    body,
    signal: AbortSignal.timeout(10_000),
  });
}

/**
 * Sends `count` numbered messages of each person, each person's in their order and all persons side by side, and
 * sends again what was refused or not answered, as an SDK would, until all are acked. The last one of each group
 * changes the person, the others are events.
 */
export async function sendNumbered(
  target: Target,
  {
    ledger,
    persons,
    count,
    groupSize,
  }: { ledger: Ledger; persons: string[]; count: number; groupSize: number },
): Promise<void> {
  await Promise.all(
    persons.map(async (person) => {
      for (let sent = 0; sent < count; sent += groupSize) {
        const events = Math.min(groupSize, count - sent) - 1;
        const group = Array.from({ length: events }, () => ledger.next(person));
        group.push(ledger.nextChange(person));
        while (!(await isTaken(target, group))) await delay(100);
        ledger.ack(group.map(({ messageId }) => messageId));
      }
    }),
  );
}

async function isTaken(target: Target, batch: NumberedMessage[]): Promise<boolean> {
  try {
    const answer = await post(target, "/v1/batch", JSON.stringify({ batch }));
    await answer.body?.cancel();
    if (answer.ok) return true;
    if (answer.status === 429) return false;
    throw new Error(`the intake answers ${answer.status} to a message that is right`);
  } catch (error) {
    if (error instanceof TypeError || (error as Error).name === "TimeoutError") return false;
    throw error;
  }
}

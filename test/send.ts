import { type Ledger, type NumberedMessage, waitFor } from "@customerio-router/fixtures";

/** The longest that a test breaks something for, and some more. */
const outageMs = 60_000;

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
        let answer = "";
        const isTaken = async () => {
          answer = await send(target, group);
          return answer === "taken";
        };
        await waitFor(isTaken, {
          what: () => `the intake to take messages of ${person} (last time: ${answer})`,
          timeoutMs: outageMs,
          pollMs: 100,
        });
        ledger.ack(group.map(({ messageId }) => messageId));
      }
    }),
  );
}

/** What came of it: "taken", or why not. */
async function send(target: Target, batch: NumberedMessage[]): Promise<string> {
  try {
    const answer = await post(target, "/v1/batch", JSON.stringify({ batch }));
    const text = await answer.text();
    return answer.ok ? "taken" : `${answer.status} ${text}`;
  } catch (error) {
    return `no answer: ${error}`;
  }
}

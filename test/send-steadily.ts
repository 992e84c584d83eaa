import { setTimeout as delay } from "node:timers/promises";
import type { Ledger } from "@customerio-router/fixtures";
import { post, type Target } from "./send.ts";

/** What came of one request: the status of its answer, or "none", and after how long. */
export type Answer = { status: number | "none"; ms: number };

const retryMs = 100;

/**
 * Sends events at a steady pace for as long as `goesOn` says, each person's in their order, five a request. What is not
 * answered 2xx is sent again until it is. Gives all answers.
 */
export async function sendSteadily(
  target: Target,
  options: { ledger: Ledger; persons: string[]; perSecond: number; goesOn: () => boolean },
): Promise<Answer[]> {
  const { ledger, persons, perSecond, goesOn } = options;
  const groupSize = 5;
  const everyMs = (1_000 * groupSize * persons.length) / perSecond;
  const answers: Answer[] = [];

  async function sendOf(person: string): Promise<void> {
    await delay(Math.random() * everyMs);
    while (goesOn()) {
      const startedAt = performance.now();
      const batch = Array.from({ length: groupSize }, () => ledger.next(person));
      const body = JSON.stringify({ batch });
      for (;;) {
        const answer = await timed(target, body);
        answers.push(answer);
        if (answer.status === 200) break;
        await delay(retryMs);
      }
      ledger.ack(batch.map(({ messageId }) => messageId));
      await delay(Math.max(0, startedAt + everyMs - performance.now()));
    }
  }
  await Promise.all(persons.map(sendOf));
  return answers;
}

async function timed(target: Target, body: string): Promise<Answer> {
  const sentAt = performance.now();
  const after = () => performance.now() - sentAt;
  try {
    const response = await post(target, "/v1/batch", body);
    await response.arrayBuffer();
    return { status: response.status, ms: after() };
  } catch {
    return { status: "none", ms: after() };
  }
}

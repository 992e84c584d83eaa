import type { Fault } from "../destination.ts";

/** One request in eleven or so comes to grief; some are taken although their answer never comes. */
const faults: { share: number; fault: Fault }[] = [
  { share: 0.02, fault: { answer: { status: 429, headers: { "retry-after": "1" } } } },
  { share: 0.02, fault: { answer: { status: 500 } } },
  { share: 0.02, fault: { answer: { status: 503 } } },
  { share: 0.02, fault: { answer: "reset" } },
  { share: 0.01, fault: { takes: true, answer: "reset" } },
];

export function misbehaveNowAndThen(): Fault | undefined {
  let die = Math.random();
  for (const { share, fault } of faults) {
    if (die < share) return fault;
    die -= share;
  }
  return undefined;
}

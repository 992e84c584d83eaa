import type { Misdeed } from "../destination.ts";

/** One request in eleven or so comes to grief; some are taken although their answer never comes. */
const misdeeds: { share: number; misdeed: Misdeed }[] = [
  { share: 0.02, misdeed: { answer: { status: 429, headers: { "retry-after": "1" } } } },
  { share: 0.02, misdeed: { answer: { status: 500 } } },
  { share: 0.02, misdeed: { answer: { status: 503 } } },
  { share: 0.02, misdeed: { answer: "reset" } },
  { share: 0.01, misdeed: { takes: true, answer: "reset" } },
];

export function misbehaveNowAndThen(): Misdeed | undefined {
  let die = Math.random();
  for (const { share, misdeed } of misdeeds) {
    if (die < share) return misdeed;
    die -= share;
  }
  return undefined;
}

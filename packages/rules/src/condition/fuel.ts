import { ruleLimits } from "../limits.ts";

/**
 * What the conditions of one message may still read, so that none takes long: an entry of a list costs a step for each
 * character of the predicate, a pattern one for each instruction and character of the text, another search one for 16
 * comparisons of characters.
 */
export type Fuel = { left: number };

export function fillUp(): Fuel {
  return { left: ruleLimits.steps };
}

/** False when there is not enough left; nothing may be read then. */
export function spend(fuel: Fuel, steps: number): boolean {
  fuel.left -= steps;
  return fuel.left >= 0;
}

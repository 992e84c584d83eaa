import { isDeepStrictEqual } from "node:util";
import { isObject } from "@customerio-router/messages";

/** Settings one by one, those of a group by names with a dot. */
export type Leaves = Map<string, unknown>;

export function leavesOf(settings: object, prefix = ""): Leaves {
  return new Map(
    Object.entries(settings).flatMap(([name, value]): [string, unknown][] =>
      isObject(value) ? [...leavesOf(value, `${prefix}${name}.`)] : [[prefix + name, value]],
    ),
  );
}

export function fromLeaves(leaves: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const [path, value] of leaves) {
    const [name = "", inner] = path.split(".");
    if (inner === undefined) settings[name] = value;
    else settings[name] = { ...(settings[name] as object | undefined), [inner]: value };
  }
  return settings;
}

/** Those of `latter` that `former` has otherwise or not at all. */
export function changedLeaves(former: Leaves, latter: Leaves): [string, unknown][] {
  return [...latter].filter(([name, value]) => !isDeepStrictEqual(former.get(name), value));
}

/** One line for each. */
export function describeLeaves(former: Leaves, latter: Leaves, prefix = ""): string[] {
  return changedLeaves(former, latter).map(
    ([name, value]) => `${prefix}${name}: ${show(former.get(name))} → ${show(value)}`,
  );
}

export function show(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}

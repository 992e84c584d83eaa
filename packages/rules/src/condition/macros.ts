import { ruleLimits } from "../limits.ts";
import { Failed, failedFor, readsTooMuch } from "./failed.ts";
import { spend } from "./fuel.ts";
import { asBoolean } from "./logic.ts";
import type { Read, Scope } from "./read.ts";

type Macro = {
  list: Read;
  /** The arguments after the variable. */
  bodies: Read[];
  /** What one entry costs. */
  steps: number;
};

const macros = {
  exists: readExists,
  all: readAll,
  exists_one: readExistsOne,
  filter: readFilter,
  map: readMap,
} as const;

export type MacroName = keyof typeof macros;

export function isMacro(name: string): name is MacroName {
  return Object.hasOwn(macros, name);
}

export function readMacro(name: MacroName, macro: Macro): Read {
  const read = macros[name](...(macro.bodies as [Read, Read?]));
  return (scope) => {
    const list = macro.list(scope);
    if (list instanceof Failed) return list;
    const entries = list ?? [];
    if (!Array.isArray(entries)) return failedFor(`\`${name}\``, "a list", entries);
    if (entries.length > ruleLimits.macroEntries) return tooLong;
    if (!spend(scope.fuel, entries.length * macro.steps)) return readsTooMuch;
    return read(entries, scope);
  };
}

const tooLong = new Failed(`The list has more than ${ruleLimits.macroEntries.toLocaleString("en")} entries.`);

type ReadEntries = (entries: unknown[], scope: Scope) => unknown;

function at(body: Read, entry: unknown, { message, fuel }: Scope): unknown {
  return body({ message, entry, fuel });
}

/** One entry that matches decides, even where others fail. */
function readExists(predicate: Read): ReadEntries {
  return (entries, scope) => decide(predicate, entries, scope, true);
}

function readAll(predicate: Read): ReadEntries {
  return (entries, scope) => decide(predicate, entries, scope, false);
}

function decide(predicate: Read, entries: unknown[], scope: Scope, decides: boolean): boolean | Failed {
  let failed: Failed | undefined;
  for (const entry of entries) {
    const matches = asBoolean(at(predicate, entry, scope), decides ? "`exists`" : "`all`");
    if (matches === decides) return decides;
    if (matches instanceof Failed) failed ??= matches;
  }
  return failed ?? !decides;
}

function readExistsOne(predicate: Read): ReadEntries {
  return (entries, scope) => {
    const matching = pick(predicate, entries, scope);
    return matching instanceof Failed ? matching : matching.length === 1;
  };
}

function readFilter(predicate: Read): ReadEntries {
  return (entries, scope) => pick(predicate, entries, scope);
}

function pick(predicate: Read, entries: unknown[], scope: Scope): unknown[] | Failed {
  const picked: unknown[] = [];
  for (const entry of entries) {
    const matches = asBoolean(at(predicate, entry, scope), "a predicate");
    if (matches instanceof Failed) return matches;
    if (matches) picked.push(entry);
  }
  return picked;
}

/** With two bodies the first one says which entries are transformed. */
function readMap(first: Read, second?: Read): ReadEntries {
  const transform = second ?? first;
  return (entries, scope) => {
    const picked = second ? pick(first, entries, scope) : entries;
    if (picked instanceof Failed) return picked;
    const made: unknown[] = [];
    for (const entry of picked) {
      const value = at(transform, entry, scope);
      if (value instanceof Failed) return value;
      made.push(value);
    }
    return made;
  };
}

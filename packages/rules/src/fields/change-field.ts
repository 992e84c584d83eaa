import { isObject } from "@customerio-router/messages";
import type { Path } from "./path.ts";

/** What `changeField` takes out. */
export const nothing = Symbol("nothing");

type Change = (value: unknown) => unknown;

/**
 * A copy of a value with the field at a path changed, sharing everything else with it. The value itself where nothing
 * changes: the field is missing, or what holds it is no object.
 * @param change gives the new value, or `nothing`
 */
export function changeField(holder: unknown, path: Path, change: Change, at = 0): unknown {
  const name = path[at];
  if (name === undefined) return change(holder);
  if (name === "*") return Array.isArray(holder) ? changeEntries(holder, path, change, at + 1) : holder;
  if (!isObject(holder) || !Object.hasOwn(holder, name)) return holder;
  const former = holder[name];
  const latter = changeField(former, path, change, at + 1);
  if (latter === former) return holder;
  return latter === nothing ? without(holder, name) : withField(holder, name, latter);
}

function changeEntries(list: readonly unknown[], path: Path, change: Change, at: number): unknown {
  const changed = list.map((entry) => changeField(entry, path, change, at));
  if (changed.every((entry, place) => entry === list[place])) return list;
  return changed.filter((entry) => entry !== nothing);
}

/** As `changeField`, but what is missing on the way is made, unless it is a list's entry or stands where something else is. */
export function setField(holder: unknown, path: Path, value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (name === "*") {
    if (!Array.isArray(holder)) return holder;
    const changed = holder.map((entry) => setField(entry, rest, value));
    return changed.every((entry, at) => entry === holder[at]) ? holder : changed;
  }
  if (!isObject(holder)) return holder;
  const former = Object.hasOwn(holder, name) ? holder[name] : undefined;
  const begun = former ?? (rest.length > 0 && !rest.includes("*") ? {} : former);
  const latter = setField(begun, rest, value);
  return latter === begun ? holder : withField(holder, name, latter);
}

/** The value at a path of names alone; undefined where there is none. */
export function fieldAt(holder: unknown, path: Path): unknown {
  let value = holder;
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** A computed name makes a field of the object itself, whatever it is called. */
function withField(holder: object, name: string, value: unknown): object {
  return { ...holder, [name]: value };
}

function without(holder: object, name: string): object {
  const { [name]: _, ...rest } = holder as Record<string, unknown>;
  return rest;
}

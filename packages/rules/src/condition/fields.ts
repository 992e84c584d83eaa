import { isObject } from "@customerio-router/messages";
import { Failed } from "./failed.ts";
import type { Read } from "./read.ts";

/** The field at a path of the message or, inside of a macro, of its entry; missing where something on the way is no object. */
export function readPath(root: "message" | "entry", names: readonly string[]): Read {
  const steps = names.map((name) => ({ name, isInherited: name in Object.prototype }));
  return (scope) => {
    let value = scope[root];
    for (const { name, isInherited } of steps) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
      if (isInherited && !Object.hasOwn(value, name)) return undefined;
      value = (value as Readonly<Record<string, unknown>>)[name];
    }
    return value;
  };
}

/** A field of what `of` reads; missing where that is no object. */
export function readField(of: Read, name: string): Read {
  return (scope) => {
    const value = of(scope);
    return value instanceof Failed ? value : ownField(value, name);
  };
}

/** Never what an object inherits. */
function ownField(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export function readIndex(of: Read, index: Read): Read {
  return (scope) => {
    const value = of(scope);
    if (value instanceof Failed) return value;
    const at = index(scope);
    if (at instanceof Failed) return at;
    if (typeof at === "string") return ownField(value, at);
    const isPlace = Array.isArray(value) && (typeof at === "bigint" || typeof at === "number");
    return isPlace ? value[Number(at)] : undefined;
  };
}

/** True also for a field that is null. */
export function readHas(field: Read): Read {
  return (scope) => {
    const value = field(scope);
    return value instanceof Failed ? value : value !== undefined;
  };
}

export function readList(entries: Read[]): Read {
  return (scope) => {
    const list: unknown[] = [];
    for (const entry of entries) {
      const value = entry(scope);
      if (value instanceof Failed) return value;
      list.push(value);
    }
    return list;
  };
}

import type { PendingOperation } from "../pending.ts";

/** What the operations of one request set on the objects they name. */
export type ObjectChanges = {
  add(operation: PendingOperation): void;
  /** True where it makes no difference in which order `next` and those of the request are applied to this object. */
  commutes(key: string, next: PendingOperation): boolean;
};

export function createObjectChanges(): ObjectChanges {
  /** Attributes as JSON, by the object's key. */
  const set = new Map<string, Map<string, string>>();

  return {
    add(operation) {
      const attributes = attributesOf(operation);
      const [key] = operation.keys;
      if (!attributes || key === undefined) return;
      const known = set.get(key) ?? new Map<string, string>();
      set.set(key, known);
      for (const [name, value] of Object.entries(attributes)) known.set(name, JSON.stringify(value));
    },

    commutes(key, next) {
      if (!key.startsWith("object:")) return false;
      const attributes = key === next.keys[0] ? attributesOf(next) : undefined;
      const known = set.get(key);
      // A relation alone changes nothing of the object: whom it relates to has a key of its own.
      if (!attributes || !known) return true;
      return Object.entries(attributes).every(
        ([name, value]) => !known.has(name) || known.get(name) === JSON.stringify(value),
      );
    },
  };
}

function attributesOf({ operation }: PendingOperation): { [name: string]: unknown } | undefined {
  return operation.type === "object" && "attributes" in operation ? operation.attributes : undefined;
}

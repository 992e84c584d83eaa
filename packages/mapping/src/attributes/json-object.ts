import type { Json, JsonObject } from "@customerio-router/customerio";

/** Sets an object's own value, also under `__proto__`, which a plain assignment would take for its prototype. */
export function setOwn(object: JsonObject, name: string, value: Json): void {
  if (name === "__proto__") {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[name] = value;
  }
}

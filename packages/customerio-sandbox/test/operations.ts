type Fields = { [name: string]: unknown };

/** Operations of v2 in a few words, for tests. */
export const identify = (id: string, attributes: Fields = {}, more: Fields = {}) =>
  person("identify", id, { attributes, ...more });
export const event = (id: string, name: string, more: Fields = {}) => person("event", id, { name, ...more });
export const page = (id: string, name: string, more: Fields = {}) => person("page", id, { name, ...more });
export const anonymousEvent = (anonymous_id: string, name: string, more: Fields = {}) => ({
  type: "person",
  action: "event",
  identifiers: { anonymous_id },
  name,
  ...more,
});
export const merge = (primary: Fields, secondary: Fields) => ({
  type: "person",
  action: "merge",
  primary,
  secondary,
});
export const acme = { object_type_id: "1", object_id: "acme" };
export const object = (action: string, more: Fields = {}) => ({
  type: "object",
  action,
  identifiers: acme,
  ...more,
});

export function person(action: string, id: string, more: Fields = {}) {
  return { type: "person", action, identifiers: { id }, ...more };
}

/** The nth of a row of ULIDs. */
export function ulid(nth: number): string {
  return `01HZXJQ4ZR${String(nth).padStart(16, "0")}`;
}

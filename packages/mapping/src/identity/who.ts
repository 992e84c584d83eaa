import {
  type AnonymousIdentifiers,
  customerioLimits,
  type PersonIdentifiers,
} from "@customerio-router/customerio";
import { type Call, isGarbled, readEmail, readId, valueAt } from "@customerio-router/messages";
import { exceedsBytes } from "../attributes/bytes.ts";
import { type Rejected, rejected, type Skipped, skipped } from "../map-result.ts";
import type { MappingSettings } from "../settings.ts";

/** By which rule somebody is named, in the order they are tried, and how a person reads it. */
export const rules = {
  "cio-id": "has the form `cio_<value>`, Customer.io's own id of a person",
  "user-email": "is an email address, and the connection identifies people by email",
  "user-id": "is the person's id",
  "known-email": "is an email address, there is no `userId`, and the connection identifies people by email",
  "anonymous-id": "names somebody without a user id, and the connection sends anonymous events",
} as const;

export type Rule = keyof typeof rules;

/** `field` is where the name stands in the call. */
export type Person = { kind: "person"; identifiers: PersonIdentifiers; rule: Rule; field: string };
export type Anonymous = { kind: "anonymous"; identifiers: AnonymousIdentifiers; rule: Rule; field: string };

/** The person a call is about, by the first rule that names one; undefined where none does. */
export function findPerson(call: Call, settings: MappingSettings): Person | Rejected | undefined {
  const userId = readId(call.userId);
  if (userId !== undefined) return findUser(userId, "userId", settings);
  const traits = call.type === "identify" ? call.traits : undefined;
  const contextTraits = valueAt(call.context, "traits");
  for (const [field, value] of [
    ["traits.id", valueAt(traits, "id")],
    ["context.traits.userId", valueAt(contextTraits, "userId")],
    ["context.traits.id", valueAt(contextTraits, "id")],
  ] as const) {
    const id = readId(value);
    if (id !== undefined) return findUser(id, field, settings);
  }
  if (settings.identifyBy === "id") return undefined;
  for (const [field, value] of [
    ["traits.email", valueAt(traits, "email")],
    ["context.traits.email", valueAt(contextTraits, "email")],
  ] as const) {
    const email = readEmail(value);
    if (email !== undefined) return person("email", email, { rule: "known-email", field });
  }
  return undefined;
}

/** The person whom an id given by the caller means. */
export function findUser(id: string, field: string, settings: MappingSettings): Person | Rejected {
  const cioId = id.startsWith("cio_") ? readId(id.slice("cio_".length)) : undefined;
  if (cioId !== undefined) return person("cio_id", cioId, { rule: "cio-id", field });
  const email = settings.identifyBy === "id-or-email" ? readEmail(id) : undefined;
  return email === undefined
    ? person("id", id, { rule: "user-id", field })
    : person("email", email, { rule: "user-email", field });
}

/** Somebody not known yet, where the connection sends what such people do. */
export function findAnonymous(call: Call, settings: MappingSettings): Anonymous | Rejected | undefined {
  const anonymousId = settings.anonymousEvents === "send" ? readId(call.anonymousId) : undefined;
  if (anonymousId === undefined) return undefined;
  const field = "anonymousId";
  const identifiers = { anonymous_id: anonymousId };
  return refuseId(anonymousId, field) ?? { kind: "anonymous", identifiers, rule: "anonymous-id", field };
}

/** Who did what an event (track, page, screen) tells of, or why nobody did it. */
export function findActor(call: Call, settings: MappingSettings): Person | Anonymous | Skipped | Rejected {
  const actor = findPerson(call, settings) ?? findAnonymous(call, settings);
  if (actor !== undefined) return actor;
  return readId(call.anonymousId) === undefined
    ? rejected("no-identity", "userId")
    : skipped("anonymous-event", "anonymousId");
}

/** A shortened id would be another person, and a garbled one may be anybody. */
export function refuseId(id: string, field: string): Rejected | undefined {
  if (exceedsBytes(id, customerioLimits.idBytes)) return rejected("id-too-long", field);
  return isGarbled(id) ? rejected("id-not-utf-8", field) : undefined;
}

function person(
  key: "cio_id" | "email" | "id",
  id: string,
  { rule, field }: Pick<Person, "rule" | "field">,
): Person | Rejected {
  return (
    refuseId(id, field) ?? { kind: "person", identifiers: { [key]: id } as PersonIdentifiers, rule, field }
  );
}

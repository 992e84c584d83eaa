import {
  type AnonymousIdentifiers,
  customerioLimits,
  type PersonIdentifiers,
} from "@customerio-router/customerio";
import { type Call, isEmail, readId, valueAt } from "@customerio-router/messages";
import { exceedsBytes } from "./bytes.ts";
import { type Rejected, rejected, type Skipped, skipped } from "./map-result.ts";
import type { MappingSettings } from "./settings.ts";

/** Which rule named them, in the order they are tried, and what it says. */
export const rules = {
  "cio-id": "`userId` has the form `cio_<value>`: that value is the `cio_id`",
  "user-email": "`userId` is an email address, and the connection knows people by email",
  "user-id": "`userId` is the id",
  "traits-email": "there is no `userId`, but an email address in `traits.email`",
  "context-email": "there is no `userId`, but an email address in `context.traits.email`",
  "anonymous-id":
    "there is no user, but an `anonymousId`, and the connection sends events of people not yet known",
} as const;

export type Rule = keyof typeof rules;

export type Person = { kind: "person"; identifiers: PersonIdentifiers; rule: Rule };
export type Anonymous = { kind: "anonymous"; identifiers: AnonymousIdentifiers; rule: Rule };

/** Whom a call is about: the first rule that names somebody. Undefined where none does. */
export function findPerson(call: Call, settings: MappingSettings): Person | Rejected | undefined {
  const userId = readId(call.userId);
  if (userId !== undefined) return findUser(userId, "userId", settings);
  if (settings.identifyBy === "id") return undefined;
  if (call.type === "identify") {
    const email = valueAt(call.traits, "email");
    if (isEmail(email)) return byEmail(email, "traits-email", "traits.email");
  }
  const email = valueAt(valueAt(call.context, "traits"), "email");
  return isEmail(email) ? byEmail(email, "context-email", "context.traits.email") : undefined;
}

/** Whom a `userId`, or an alias's `previousId`, means. */
export function findUser(id: string, field: string, settings: MappingSettings): Person | Rejected {
  const cioId = id.startsWith("cio_") ? readId(id.slice("cio_".length)) : undefined;
  if (cioId !== undefined) return idTooLong(cioId, field) ?? person({ cio_id: cioId }, "cio-id");
  if (settings.identifyBy === "id-or-email" && isEmail(id)) return byEmail(id, "user-email", field);
  return idTooLong(id, field) ?? person({ id }, "user-id");
}

/** Somebody not known yet, where the connection sends what they do. */
export function findAnonymous(call: Call, settings: MappingSettings): Anonymous | Rejected | undefined {
  const anonymousId = settings.anonymousEvents === "send" ? readId(call.anonymousId) : undefined;
  if (anonymousId === undefined) return undefined;
  const identifiers = { anonymous_id: anonymousId };
  return idTooLong(anonymousId, "anonymousId") ?? { kind: "anonymous", identifiers, rule: "anonymous-id" };
}

/** Who did what an event (track, page, screen) tells of. */
export function findActor(call: Call, settings: MappingSettings): Person | Anonymous | Skipped | Rejected {
  return (
    findPerson(call, settings) ??
    findAnonymous(call, settings) ??
    (readId(call.anonymousId) === undefined
      ? rejected("no-identity", "userId")
      : skipped("anonymous-event", "anonymousId"))
  );
}

export function idTooLong(id: string, field: string): Rejected | undefined {
  return exceedsBytes(id, customerioLimits.idBytes) ? rejected("id-too-long", field) : undefined;
}

function byEmail(email: string, rule: Rule, field: string): Person | Rejected {
  return idTooLong(email, field) ?? person({ email }, rule);
}

function person(identifiers: PersonIdentifiers, rule: Rule): Person {
  return { kind: "person", identifiers, rule };
}

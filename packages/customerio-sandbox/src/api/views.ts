import type { Activity } from "../memory/activities.ts";
import { identifierOf, isUnsubscribed, nameOf, type Person } from "../memory/people/person.ts";

/** A person as `/api/people` shows them. */
export type PersonView = {
  cioId: string;
  id: string | null;
  email: string | null;
  phone: string | null;
  unsubscribed: boolean;
  /** `id`, `email` and `phone` among them, as with Customer.io. */
  attributes: { [name: string]: unknown };
  devices: { token: string; platform: string; last_used?: number; attributes?: { [name: string]: string } }[];
  relationships: { object_type_id: string; object_id: string; relationship_attributes: object }[];
  createdAtMs: number;
  updatedAtMs: number;
};

/** An activity as `/api/activity` shows it. */
export type ActivityView = {
  number: number;
  type: string;
  name: string;
  /** Null while nobody is identified by the identifiers. */
  person: { cioId: string; name: string; id: string | null; email: string | null } | null;
  /** As sent. */
  identifiers: { readonly [name: string]: string | undefined };
  id: string | null;
  timestamp: number | null;
  receivedAtMs: number;
  data: object | null;
};

export function viewPerson(person: Person): PersonView {
  return {
    cioId: person.cioId,
    id: identifierOf(person, "id") ?? null,
    email: identifierOf(person, "email") ?? null,
    phone: identifierOf(person, "phone") ?? null,
    unsubscribed: isUnsubscribed(person),
    attributes: attributesOf(person),
    devices: [...person.devices.values()],
    relationships: [...person.relationships].map(([object, relationship_attributes]) => ({
      object_type_id: object.typeId,
      object_id: object.id,
      relationship_attributes,
    })),
    createdAtMs: person.createdAtMs,
    updatedAtMs: person.updatedAtMs,
  };
}

/** What is set: without the attributes that were cleared. */
export function attributesOf(person: Person): { [name: string]: unknown } {
  const set = [...person.attributes].filter(([, { value }]) => value !== undefined);
  return Object.fromEntries(set.map(([name, { value }]) => [name, value]));
}

export function viewActivity([number, activity]: [number, Activity]): ActivityView {
  const {
    type,
    name,
    person,
    identifiers,
    id = null,
    timestamp = null,
    receivedAtMs,
    data = null,
  } = activity;
  const who = person && {
    cioId: person.cioId,
    name: nameOf(person),
    id: identifierOf(person, "id") ?? null,
    email: identifierOf(person, "email") ?? null,
  };
  return { number, type, name, person: who ?? null, identifiers, id, timestamp, receivedAtMs, data };
}

import type { WorkspaceObject } from "../objects/workspace-object.ts";
import type { DeviceFields, JsonMap } from "../operation.ts";

export type Person = {
  /** Customer.io's own, immutable identifier. */
  readonly cioId: string;
  /** In order of creation. */
  readonly number: number;
  /** `id`, `email` and `phone` stand here too: to Customer.io they are attributes. */
  readonly attributes: Map<string, Attribute>;
  readonly devices: Map<string, DeviceFields>;
  readonly relationships: Map<WorkspaceObject, JsonMap>;
  readonly createdAtMs: number;
  updatedAtMs: number;
  /** Deleted, suppressed or merged into another: what they did is hidden. */
  isErased: boolean;
};

/** A cleared attribute stays with the value undefined, so that an older update does not bring it back. */
export type Attribute = { value: unknown; timestamp: number };

/** The attributes by which a person can be named. */
export const identifyingAttributes = ["id", "email", "phone"] as const;
export type IdentifyingAttribute = (typeof identifyingAttributes)[number];

export function isIdentifying(name: string): name is IdentifyingAttribute {
  return name === "id" || name === "email" || name === "phone";
}

/** The text under an identifying attribute. */
export function identifierOf(person: Person, name: IdentifyingAttribute): string | undefined {
  return person.attributes.get(name)?.value as string | undefined;
}

/** What a person is called in a list: the email when there is one, as Customer.io does. */
export function nameOf(person: Person): string {
  return (
    identifierOf(person, "email") ??
    identifierOf(person, "id") ??
    identifierOf(person, "phone") ??
    person.cioId
  );
}

/** True in any case, 1 and "1" mean unsubscribed; any other value, and none, subscribed. Source: v1 identify. */
export function isUnsubscribed(person: Person): boolean {
  const value = person.attributes.get("unsubscribed")?.value;
  if (typeof value === "string") return value === "1" || value.toLowerCase() === "true";
  return value === true || value === 1;
}

import { customerioLimits, type Json, type JsonObject } from "@customerio-router/customerio";
import { isGarbled, readEmail } from "@customerio-router/messages";
import type { Person } from "../identity/who.ts";
import { type Warning, warning } from "../map-result.ts";
import type { MappingSettings } from "../settings.ts";
import { addCreatedAt, findCreatedAt } from "../time/created-at.ts";
import { attributeValue, unsubscribedValue } from "./attribute-value.ts";
import { type Attributes, addAttribute, leaveOut, noAttributes } from "./attributes.ts";
import { exceedsBytes } from "./bytes.ts";
import { isSubscriptionPreferences } from "./subscription-preferences.ts";

type PersonNaming = {
  person: Person;
  /** True where traits relate the person to an object: those are then no attributes. */
  namesObject: boolean;
  /** Whose events become this person's. */
  anonymousId: string | undefined;
};

/** A person's traits as attributes: first those by which Customer.io knows and treats people, then the others in their own order. */
export function personAttributes(
  traits: JsonObject,
  { person, namesObject, anonymousId }: PersonNaming,
  settings: MappingSettings,
  warnings: Warning[],
): Attributes {
  const attributes = noAttributes("traits", warnings);
  const createdAt = findCreatedAt(traits);
  if (traits.email !== undefined) {
    addAttribute(attributes, "email", readEmail(traits.email) ?? attributeValue(traits.email, settings));
  }
  if (createdAt !== undefined) addCreatedAt(attributes, traits, createdAt);
  if (traits.unsubscribed !== undefined) {
    addAttribute(attributes, "unsubscribed", unsubscribedValue(traits.unsubscribed));
  }
  if (anonymousId !== undefined) addAnonymousId(attributes, anonymousId);
  for (const name of Object.keys(traits)) {
    const value = traits[name] as Json;
    switch (name) {
      case "email":
      case "unsubscribed":
      case "created_at":
      case createdAt:
      case "userId":
      case "anonymousId":
        break;
      case "id":
        addId(attributes, value, person, settings);
        break;
      case "objectId":
      case "object_id":
      case "objectTypeId":
      case "object_type_id":
      case "relationshipAttributes":
        if (!namesObject) addAttribute(attributes, name, attributeValue(value, settings));
        break;
      case "cio_id":
      case "_update":
      case "cio_relationships":
      case "anonymous_id":
        leaveOut(attributes, name, "reserved-trait");
        break;
      case "cio_subscription_preferences":
        if (isSubscriptionPreferences(value)) addAttribute(attributes, name, value);
        else leaveOut(attributes, name, "unreadable");
        break;
      default:
        addAttribute(attributes, name, attributeValue(value, settings));
    }
  }
  return attributes;
}

/** An `id` changes the id of a person named by `cio_id`; named by the `id` itself, it says nothing new. */
function addId(
  attributes: Attributes,
  value: Json,
  { identifiers, field }: Person,
  settings: MappingSettings,
): void {
  const isName = field === "traits.id" || field === "context.traits.id";
  if (isName) {
    if ("id" in identifiers) addAttribute(attributes, "id", identifiers.id);
  } else if (!("cio_id" in identifiers)) leaveOut(attributes, "id", "reserved-trait");
  else if (typeof value === "string" && isGarbled(value)) leaveOut(attributes, "id", "unreadable");
  else addAttribute(attributes, "id", attributeValue(value, settings), customerioLimits.idBytes);
}

/** One that Customer.io rejects, or that may be anybody's, has no events there either. */
function addAnonymousId(attributes: Attributes, anonymousId: string): void {
  if (exceedsBytes(anonymousId, customerioLimits.idBytes)) {
    attributes.warnings.push(warning("trait-value-too-long", "anonymousId"));
  } else if (isGarbled(anonymousId)) {
    attributes.warnings.push(warning("unreadable", "anonymousId"));
  } else {
    addAttribute(attributes, "anonymous_id", anonymousId);
  }
}

import { customerioLimits, type Json, type JsonObject } from "@customerio-router/customerio";
import { attributeValue, unsubscribedValue } from "./attribute-value.ts";
import { type Attributes, addAttribute, leaveOut, noAttributes } from "./attributes.ts";
import { exceedsBytes } from "./bytes.ts";
import { addCreatedAt, findCreatedAt } from "./created-at.ts";
import { type Warning, warning } from "./map-result.ts";
import type { MappingSettings } from "./settings.ts";
import { isSubscriptionPreferences } from "./subscription-preferences.ts";

export type PersonNaming = {
  /** True where the person is named by `cio_id`: the one way to change an `id`. */
  mayChangeId: boolean;
  /** Whose events become this person's. */
  anonymousId: string | undefined;
};

/** A person's traits as attributes: first those by which Customer.io knows and treats people, then the others in their own order. */
export function personAttributes(
  traits: JsonObject,
  { mayChangeId, anonymousId }: PersonNaming,
  settings: MappingSettings,
  warnings: Warning[],
): Attributes {
  const attributes = noAttributes("traits", warnings);
  const createdAt = findCreatedAt(traits);
  if (traits.email !== undefined) addAttribute(attributes, "email", attributeValue(traits.email, settings));
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
        if (mayChangeId)
          addAttribute(attributes, name, attributeValue(value, settings), customerioLimits.idBytes);
        else leaveOut(attributes, name, "reserved-trait");
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

/** One too long for Customer.io has no events there either. */
function addAnonymousId(attributes: Attributes, anonymousId: string): void {
  if (exceedsBytes(anonymousId, customerioLimits.idBytes)) {
    attributes.warnings.push(warning("trait-value-too-long", "anonymousId"));
  } else {
    addAttribute(attributes, "anonymous_id", anonymousId);
  }
}

import type { PersonIdentifiers } from "@customerio-router/customerio";
import type { AliasCall } from "@customerio-router/messages";
import { findUser } from "../identity/who.ts";
import { type MapResult, skipped, type Warning } from "../map-result.ts";
import { isFromServer, type MappingConnection } from "../settings.ts";

/** Merges whom `previousId` means into whom `userId` means. */
export function mapAlias(call: AliasCall, settings: MappingConnection, warnings: Warning[]): MapResult {
  if (!settings.aliasFromClients && !isFromServer(settings)) return skipped("alias-from-client", "type");
  const primary = findUser(String(call.userId), "userId", settings);
  if (primary.kind === "rejected") return primary;
  const secondary = findUser(String(call.previousId), "previousId", settings);
  if (secondary.kind === "rejected") return secondary;
  if (areSame(primary.identifiers, secondary.identifiers)) return skipped("same-person", "previousId");
  const merge = {
    type: "person",
    action: "merge",
    primary: primary.identifiers,
    secondary: secondary.identifiers,
  } as const;
  return { kind: "operations", operations: [merge], warnings };
}

/** Customer.io reads email addresses without regard to case. */
function areSame(one: PersonIdentifiers, other: PersonIdentifiers): boolean {
  if ("email" in one) return "email" in other && one.email.toLowerCase() === other.email.toLowerCase();
  if ("cio_id" in one) return "cio_id" in other && one.cio_id === other.cio_id;
  return "id" in other && one.id === other.id;
}

import { type Call, validateCall } from "@customerio-router/messages";
import { mapAlias } from "./calls/alias.ts";
import { mapGroup } from "./calls/group.ts";
import { mapIdentify } from "./calls/identify.ts";
import { mapPage } from "./calls/page.ts";
import { mapScreen } from "./calls/screen.ts";
import { mapTrack } from "./calls/track.ts";
import { findWithheldConsent } from "./consent.ts";
import { findOptOut } from "./integrations.ts";
import { type MapResult, rejected, skipped, type Warning } from "./map-result.ts";
import { notedWarnings } from "./noted-warnings.ts";
import type { MappingConnection } from "./settings.ts";

/**
 * What Customer.io gets of a call: operations of the Track API v2, in order, or the reason why there are none. It is pure:
 * the same call and connection always come out the same, nothing is changed, nothing is thrown.
 *
 * @param call a call or message as parsed JSON, valid or not.
 * @param noted the warnings of the call's entry: what was changed before it came here. Like the call, not to be trusted.
 * @returns operations that share parts with the call, so neither may be changed.
 */
export function mapCall(call: unknown, connection: MappingConnection, noted?: unknown): MapResult {
  const optOut = findOptOut(call);
  if (optOut !== undefined) return skipped("integration-disabled", optOut);
  const withheld = findWithheldConsent(call, connection.consentCategories);
  if (withheld !== undefined) return skipped("consent-withheld", withheld);
  const valid = validateCall(call);
  return valid.ok
    ? mapValid(valid.message, connection, notedWarnings(noted))
    : rejected(valid.problem.reason, valid.problem.field);
}

function mapValid(call: Call, connection: MappingConnection, warnings: Warning[]): MapResult {
  switch (call.type) {
    case "identify":
      return mapIdentify(call, connection, warnings);
    case "track":
      return mapTrack(call, connection, warnings);
    case "page":
      return mapPage(call, connection, warnings);
    case "screen":
      return mapScreen(call, connection, warnings);
    case "group":
      return mapGroup(call, connection, warnings);
    case "alias":
      return mapAlias(call, connection, warnings);
  }
}

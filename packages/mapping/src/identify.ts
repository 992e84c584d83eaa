import type { JsonObject } from "@customerio-router/customerio";
import { type IdentifyCall, readId, valueAt } from "@customerio-router/messages";
import { callTime } from "./call-time.ts";
import { type MapResult, rejected, type Warning } from "./map-result.ts";
import { personAttributes } from "./person-attributes.ts";
import { readObject } from "./read-object.ts";
import type { MappingConnection } from "./settings.ts";
import { splitAttributes } from "./split-attributes.ts";
import { findPerson } from "./who.ts";

/** What is known of a person, in as many operations as their traits need. Without traits it creates the person. */
export function mapIdentify(
  call: IdentifyCall,
  connection: MappingConnection,
  warnings: Warning[],
): MapResult {
  const person = findPerson(call, connection);
  if (person === undefined) return rejected("no-user", "userId");
  if (person.kind === "rejected") return person;
  const { identifiers } = person;
  const naming = {
    mayChangeId: "cio_id" in identifiers,
    anonymousId: connection.anonymousEvents === "send" ? readId(call.anonymousId) : undefined,
  };
  const attributes = personAttributes(readTraits(call, warnings), naming, connection, warnings);
  const timestamp = callTime(call, warnings);
  const operations = splitAttributes(attributes, connection.maxTraitsPerIdentify, (piece) => ({
    type: "person",
    action: "identify",
    identifiers,
    ...(timestamp !== undefined && { timestamp }),
    attributes: piece,
  }));
  return { kind: "operations", operations, warnings };
}

/** Some SDKs put an identify's traits into its context alone. */
function readTraits(call: IdentifyCall, warnings: Warning[]): JsonObject {
  return (
    readObject(call.traits, "traits", warnings) ??
    readObject(valueAt(call.context, "traits"), "context.traits", warnings) ??
    {}
  );
}

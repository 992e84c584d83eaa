import type { JsonObject, Operation } from "@customerio-router/customerio";
import { type IdentifyCall, readId, valueAt } from "@customerio-router/messages";
import { personAttributes } from "../attributes/person-attributes.ts";
import { splitAttributes } from "../attributes/split-attributes.ts";
import { findPerson } from "../identity/who.ts";
import { type MapResult, rejected, skipped, type Warning } from "../map-result.ts";
import type { MappingConnection } from "../settings.ts";
import { callTime } from "../time/call-time.ts";
import { namedObject } from "./object.ts";
import { readObject } from "./read-object.ts";
import { relationshipField, relationshipFits, relationshipTo } from "./relationship.ts";

/** What is known of a person, in as many operations as their traits need. Without traits it creates the person. */
export function mapIdentify(
  call: IdentifyCall,
  connection: MappingConnection,
  warnings: Warning[],
): MapResult {
  const person = findPerson(call, connection);
  if (person === undefined) return findNobody(call);
  if (person.kind === "rejected") return person;
  const { identifiers } = person;
  const traits = readTraits(call, warnings);
  const object = namedObject(traits, "traits");
  if (object?.kind === "rejected") return object;
  const relationship = object && relationshipTo(object.identifiers, traits, connection, warnings);
  const naming = {
    person,
    namesObject: object !== undefined,
    anonymousId: connection.anonymousEvents === "send" ? readId(call.anonymousId) : undefined,
  };
  const attributes = personAttributes(traits, naming, connection, warnings);
  const timestamp = callTime(call, warnings);
  const operations = splitAttributes(
    attributes,
    connection.maxTraitsPerIdentify,
    (piece, index): Operation => ({
      type: "person",
      action: "identify",
      identifiers,
      ...(timestamp !== undefined && { timestamp }),
      attributes: piece,
      ...(relationship && index === 0 && { cio_relationships: [relationship] }),
    }),
  );
  return relationshipFits(relationship, operations[0])
    ? { kind: "operations", operations, warnings }
    : rejected("operation-too-large", relationshipField);
}

/** Every SDK identifies before a login: that is no mistake to be mended. */
function findNobody(call: IdentifyCall): MapResult {
  return readId(call.anonymousId) === undefined
    ? rejected("no-user", "userId")
    : skipped("anonymous-identify", "anonymousId");
}

/** Some SDKs put an identify's traits into its context alone. */
function readTraits(call: IdentifyCall, warnings: Warning[]): JsonObject {
  return (
    readObject(call.traits, "traits", warnings) ??
    readObject(valueAt(call.context, "traits"), "context.traits", warnings) ??
    {}
  );
}

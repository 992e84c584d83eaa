import { customerioLimits, type Operation } from "@customerio-router/customerio";
import { type Call, readMessageId } from "@customerio-router/messages";
import { clientTimeMs } from "./identity/event-id.ts";
import { type Anonymous, findAnonymous, findPerson, findUser, type Person, rules } from "./identity/who.ts";
import type { MapResult, Rejected } from "./map-result.ts";
import type { MappingConnection } from "./settings.ts";
import { findTime } from "./time/call-time.ts";

/**
 * Why a call came out as it did, in sentences: which rule named whom, where its times and ids are from, why there are
 * several operations, what was left out or cut.
 *
 * @param result what `mapCall` made of the same call for the same connection.
 */
export function explain(call: unknown, connection: MappingConnection, result: MapResult): string[] {
  if (result.kind !== "operations") return [result.message];
  const valid = call as Call;
  return [
    ...explainWho(valid, connection, result.operations),
    ...explainTime(valid, result.operations),
    ...explainEventId(valid, result.operations),
    ...explainCount(result.operations, connection),
    ...explainRoute(result.operations),
    ...result.warnings.map(({ message }) => message),
  ];
}

function explainWho(call: Call, connection: MappingConnection, operations: Operation[]): string[] {
  if (call.type === "alias") {
    return [
      `Who stays: ${sayRule(findUser(String(call.userId), "userId", connection))}`,
      `Who is merged into them: ${sayRule(findUser(String(call.previousId), "previousId", connection))}`,
    ];
  }
  const who = findPerson(call, connection) ?? findAnonymous(call, connection);
  const namesSomebody = operations.some(
    ({ type, ...rest }) => type === "person" || "cio_relationships" in rest,
  );
  return [`Who: ${who === undefined || !namesSomebody ? "nobody; it is about no person." : sayRule(who)}`];
}

function sayRule(who: Person | Anonymous | Rejected): string {
  return who.kind === "rejected" ? who.message : `\`${who.field}\` ${rules[who.rule]}.`;
}

function explainTime(call: Call, operations: Operation[]): string[] {
  const isTimed = operations.some((operation) => "timestamp" in operation || "device" in operation);
  if (!isTimed) return [];
  const time = findTime(call);
  return [
    time === undefined
      ? "When: the call tells no time, so Customer.io takes its own."
      : `When: \`${time.field}\`, in whole Unix seconds.`,
  ];
}

function explainEventId(call: Call, operations: Operation[]): string[] {
  if (!operations.some((operation) => "id" in operation)) return [];
  const time =
    clientTimeMs(call) === undefined ? "hash bits, as the client gave no time," : "the client's time";
  const hashed =
    readMessageId(call.messageId) === undefined ? "the whole call, as it has no `messageId`" : "`messageId`";
  return [
    `The event's id: ${time} and a hash of the connection and ${hashed}: the same for every copy of this call.`,
  ];
}

function explainCount(operations: Operation[], { maxTraitsPerIdentify }: MappingConnection): string[] {
  const [first] = operations;
  if (first === undefined || operations.length === 1) return [];
  const { attributesPerCall, operationBytes } = customerioLimits;
  const most =
    first.type === "person"
      ? `${maxTraitsPerIdentify} attributes (\`maxTraitsPerIdentify\`)`
      : `${attributesPerCall} attributes`;
  return [
    `${operations.length} operations: one may have ${most} and ${operationBytes.toLocaleString("en")} bytes of JSON.`,
  ];
}

function explainRoute(operations: Operation[]): string[] {
  const routes = operations.map((operation) => ("route" in operation ? operation.route : undefined));
  const limit = customerioLimits.operationBytes.toLocaleString("en");
  if (routes.includes("v1")) {
    return [`It goes to v1's events endpoint: over ${limit} bytes of JSON, v2 does not take it.`];
  }
  return routes.includes("v1-metrics")
    ? ["It goes to v1's metrics endpoint, which alone takes its time."]
    : [];
}

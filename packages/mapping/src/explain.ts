import { customerioLimits, type Operation } from "@customerio-router/customerio";
import { type Call, readMessageId } from "@customerio-router/messages";
import { clientTimeMs } from "./identity/event-id.ts";
import { type Anonymous, findAnonymous, findPerson, findUser, type Person, rules } from "./identity/who.ts";
import type { MapResult, Rejected } from "./map-result.ts";
import type { MappingConnection } from "./settings.ts";
import { findTime } from "./time/call-time.ts";

/**
 * Explains in sentences how a call was mapped: which rule identified the person, where its times and ids come from, why
 * there are several operations, and what was left out or cut.
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
  return [
    `Who: ${who === undefined || !namesSomebody ? "nobody, because the call concerns no person." : sayRule(who)}`,
  ];
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
      ? "When: the call has no time, so Customer.io uses the time at which it receives it."
      : `When: \`${time.field}\`, in whole Unix seconds.`,
  ];
}

function explainEventId(call: Call, operations: Operation[]): string[] {
  if (!operations.some((operation) => "id" in operation)) return [];
  const time =
    clientTimeMs(call) === undefined ? "bits of a hash, because the call has no time," : "the client's time";
  const hashed =
    readMessageId(call.messageId) === undefined
      ? "the whole call, because it has no `messageId`"
      : "`messageId`";
  return [
    `The event's id: ${time} and a hash of the connection and ${hashed}. Every copy of this call gets the same id.`,
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
    `${operations.length} operations: each may have at most ${most} and ${operationBytes.toLocaleString("en")} bytes of JSON.`,
  ];
}

function explainRoute(operations: Operation[]): string[] {
  const routes = operations.map((operation) => ("route" in operation ? operation.route : undefined));
  const limit = customerioLimits.operationBytes.toLocaleString("en");
  if (routes.includes("v1")) {
    return [`It is sent to the events endpoint of v1, because v2 accepts at most ${limit} bytes of JSON.`];
  }
  return routes.includes("v1-metrics")
    ? ["It is sent to the metrics endpoint of v1, because only that accepts a time."]
    : [];
}

import { explain, type MappingConnection, type MapResult, mapCall } from "@customerio-router/mapping";
import type { ReceivedFrom } from "@customerio-router/messages";
import { type Applied, applyRules, type CompiledRules, ruleReason } from "@customerio-router/rules";

/** A message that a rule has dropped, in the form of the mapping's own results. */
export type DroppedByRule = { kind: "skipped"; reason: string; field: string; message: string };

export type MappedByRules = {
  result: MapResult | DroppedByRule;
  /** The message as the rules left it; as it came where they dropped it. */
  message: unknown;
} & Pick<Applied, "touched" | "failed">;

type Mappable = {
  message: unknown;
  /** What rules hashed or removed before; see `Entry`. */
  treated?: readonly string[] | undefined;
  /** What intake changed; see `Entry`. */
  warnings?: unknown;
  /** Where it came from; see `Entry`. */
  from?: ReceivedFrom | undefined;
};

/** What a connection makes of a message: its rules first, then the mapping, as the worker does it. */
export function mapByRules(
  { message, treated, warnings, from }: Mappable,
  { connection: target, rules }: { connection: MappingConnection; rules: CompiledRules | undefined },
): MappedByRules {
  const connection = from?.kind === undefined ? target : { ...target, sourceKind: from.kind };
  if (rules === undefined) {
    return { result: mapCall(message, connection, warnings), message, touched: [], failed: [] };
  }
  const { touched, failed, ...applied } = applyRules(rules, message, treated && { treated });
  if (applied.kind === "dropped") {
    const sentence = `The rule \`${applied.rule}\` dropped it.`;
    const result = {
      kind: "skipped",
      reason: ruleReason(applied.rule),
      field: "",
      message: sentence,
    } as const;
    return { result, message, touched, failed };
  }
  return {
    result: mapCall(applied.message, connection, warnings),
    message: applied.message,
    touched,
    failed,
  };
}

/** Explains it in sentences, the rules first. */
export function explainByRules(
  { result, message, touched, failed }: MappedByRules,
  connection: MappingConnection,
): string[] {
  const isMapped = !isDropped(result);
  return [
    ...touched
      .slice(0, isMapped ? undefined : -1)
      .map((name) => `The rule \`${name}\` changed the message before it was mapped.`),
    ...failed.map(
      ({ rule, message: why }) => `The rule \`${rule}\` did not match, because its condition failed: ${why}`,
    ),
    ...(isMapped ? explain(message, connection, result) : [result.message]),
  ];
}

function isDropped(result: MappedByRules["result"]): result is DroppedByRule {
  return result.kind === "skipped" && result.reason.startsWith(ruleReason(""));
}

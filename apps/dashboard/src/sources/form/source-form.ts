import type { Source, SourceInput, SourceKind } from "@customerio-router/connections";
import { checkedTexts, readChecked } from "../../page/fields/checkboxes.ts";
import type { TextFields } from "../../page/text-fields.ts";

/** A form as the store takes it, which tells what is wrong with it. */
export function readSourceForm(fields: TextFields): SourceInput {
  const { name = "", kind, origins = "", messagesPerSecond = "", writeKey = "" } = fields;
  return {
    name,
    kind: kind as SourceKind,
    origins: origins.split("\n").flatMap((line) => line.trim() || []),
    connections: readChecked("connections", fields),
    messagesPerSecond: messagesPerSecond.trim() === "" ? null : Number(messagesPerSecond),
    ...(writeKey.trim() !== "" && { writeKey: writeKey.trim() }),
  };
}

/** A source as the form shows it. */
export function sourceTexts({ name, kind, origins, connections, messagesPerSecond }: Source): TextFields {
  return {
    name,
    kind,
    origins: origins.join("\n"),
    messagesPerSecond: messagesPerSecond === null ? "" : String(messagesPerSecond),
    ...checkedTexts("connections", connections),
  };
}

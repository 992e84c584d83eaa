import { readdirSync, readFileSync } from "node:fs";
import { readJsonText } from "@customerio-router/messages";
import type { MappingSettings } from "../src/index.ts";

/** A call, and what Customer.io must get of it. Times, ids and sizes in it are worked out by hand from the rules. */
export type Vector = {
  name: string;
  /** The rule, in a sentence. */
  says: string;
  settings?: Partial<MappingSettings>;
  connectionId?: string;
  sourceKind?: "browser" | "server" | "mobile";
  call: unknown;
  /** The call as text, in place of `call`, where JSON's own reader would change it. */
  source?: string;
  /** What reading the source changed. */
  noted?: unknown;
  /** As `mapCall` returns it, without the sentences for people. */
  result: Result;
};

type Note = { code: string; field: string };
type Result =
  | { kind: "operations"; operations: object[]; warnings: Note[] }
  | { kind: "skipped" | "rejected"; reason: string; field: string };

const folder = new URL("vectors/", import.meta.url);

export const vectors: Vector[] = readdirSync(folder).map((file) => {
  const vector = JSON.parse(readFileSync(new URL(file, folder), "utf8"), writeOut);
  return { name: file.replace(".json", ""), ...vector, ...readSource(vector) };
});

function readSource({ source }: Partial<Vector>): { call: unknown; noted: unknown } | undefined {
  if (source === undefined) return undefined;
  const { json, warningsOf } = readJsonText(source);
  return { call: json, noted: warningsOf?.(json) };
}

/** `{ "$repeat": ["a", 1000] }` stands for a thousand times `a`. */
function writeOut(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("$repeat" in value)) return value;
  const [text, times] = value.$repeat as [string, number];
  return text.repeat(times);
}

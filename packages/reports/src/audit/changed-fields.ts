import type { FieldChange } from "./action.ts";

const maxChanges = 50;
const maxText = 200;

const secretField = /(^|\.)(apiKey|writeKey|key|salt|secrets?|password|token)(\.|$)/i;

/** Fields that say nothing of a change, or move by themselves. */
const restless = new Set(["id", "updatedAt", "createdAt", "version", "lastUsedAt"]);

/** What differs between two states of one thing, by dotted paths, at most 50; what is secret is not told. */
export function changedFields(before: unknown, after: unknown): FieldChange[] {
  const [former, latter] = [flatten(before), flatten(after)];
  const fields = new Set([...former.keys(), ...latter.keys()]);
  return [...fields]
    .filter((field) => former.get(field) !== latter.get(field))
    .map((field): FieldChange => [field, shown(field, former), shown(field, latter)])
    .slice(0, maxChanges);
}

function shown(field: string, texts: Map<string, string>): string | null {
  const text = texts.get(field);
  if (text === undefined) return null;
  if (secretField.test(field)) return "(secret)";
  return text.length > maxText ? `${text.slice(0, maxText)}…` : text;
}

function flatten(value: unknown, path = "", texts = new Map<string, string>()): Map<string, string> {
  if (typeof value === "object" && value !== null) {
    for (const [name, part] of Object.entries(value)) {
      if (!restless.has(name)) flatten(part, path === "" ? name : `${path}.${name}`, texts);
    }
  } else if (value !== undefined && path !== "") {
    texts.set(path, typeof value === "string" ? value : String(value));
  }
  return texts;
}

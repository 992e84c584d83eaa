/** What a form or a query holds as text; whatever else came is not there. */
export type TextFields = { readonly [name: string]: string | undefined };

export function textFields(value: unknown): TextFields {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

import { validateDraft } from "@customerio-router/connections";
import { type Rule, ruleLimits, validateRules } from "@customerio-router/rules";
import type { Entry } from "../config-file.ts";
import type { ProblemList } from "../problem-list.ts";

/** What the file says of a connection apart from its rules, once it is checked. */
export type ConnectionFields = {
  name: string;
  siteId?: string;
  apiKey?: string;
  region?: "us" | "eu";
  trackUrl?: string | null;
  settings?: Record<string, unknown>;
};

export function connectionFields({ fields }: Entry): ConnectionFields {
  const { rules: _apart, salt: _too, ...rest } = fields;
  return rest as ConnectionFields;
}

export function checkConnectionEntry(entry: Entry, problems: ProblemList): void {
  const { path } = entry;
  const { writeKey, sources, trackUrl, rules, salt, ...rest } = entry.fields;
  if (writeKey !== undefined) problems.add([...path, "writeKey"], "Write keys are fields of sources.");
  if (sources !== undefined) {
    problems.add([...path, "sources"], "Name the connection in the `connections` of its sources instead.");
  }
  if (rules !== undefined) checkRules(rules, { path, problems });
  if (salt !== undefined && !isSalt(salt)) {
    problems.add([...path, "salt"], `The salt must be text of 1 to ${ruleLimits.saltLength} characters.`);
  }
  const given = trackUrl == null ? rest : { ...rest, trackUrl };
  checkConnectionFields({ siteId: "any", region: "us", ...given }, { path, problems, apiKeyNeeded: false });
}

function isSalt(salt: unknown): boolean {
  return typeof salt === "string" && salt !== "" && salt.length <= ruleLimits.saltLength;
}

function checkRules(
  rules: unknown,
  { path, problems }: { path: Entry["path"]; problems: ProblemList },
): void {
  const checked = validateRules({ version: 0, rules });
  for (const { field, message } of checked.ok ? [] : checked.problems) {
    problems.add([...path, ...field.split(".")], message);
  }
}

/** As they are saved; undefined when the file does not name them. */
export function rulesOf({ fields: { rules } }: Entry): Rule[] | undefined {
  if (rules === undefined) return undefined;
  const checked = validateRules({ version: 0, rules });
  return checked.ok ? checked.list.rules : undefined;
}

export function saltOf({ fields: { salt } }: Entry): string | undefined {
  return salt as string | undefined;
}

export function checkConnectionFields(
  fields: Record<string, unknown>,
  { path, problems, apiKeyNeeded }: { path: Entry["path"]; problems: ProblemList; apiKeyNeeded: boolean },
): void {
  const checked = validateDraft(fields, { apiKeyNeeded, customTrackUrlAllowed: true });
  for (const { field, message } of checked.ok ? [] : checked.problems) {
    problems.add([...path, ...field.split(".")], message);
  }
}

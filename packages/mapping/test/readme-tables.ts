import { customerioLimits } from "@customerio-router/customerio";
import { messageLimits } from "@customerio-router/messages";
import { rules } from "../src/identity/who.ts";
import { mappingSettings, rejections, skips, warnings, workerSkips } from "../src/index.ts";
import { semanticEvents } from "../src/semantic-events/semantic-events.ts";

/** The tables of the README, made from the code. */
export const tables: { [title: string]: string } = {
  Settings: table(["setting", "default", "meaning"], settingsRows()),
  "Who: the first rule that names somebody": table(
    ["rule", "what names them"],
    Object.entries(rules).map(([rule, says]) => [code(rule), says]),
  ),
  Rejected: table(["reason", "in words"], sentences(rejections)),
  Skipped: table(["reason", "in words"], sentences({ ...skips, ...workerSkips })),
  Warnings: table(["code", "in words"], sentences(warnings)),
  "Semantic events": table(
    ["event", "needs", "acts only with `destructiveEvents`"],
    [...semanticEvents].map(([name, { needs, isDestructive }]) => [
      code(name),
      needs.map((need) => (need === "user" ? need : code(need))).join(", "),
      isDestructive ? "yes" : "no",
    ]),
  ),
  "Limits of Customer.io": table(["limit", "value"], limitRows(customerioLimits)),
  "Limits of messages": table(["limit", "value"], limitRows(messageLimits)),
};

function settingsRows(): string[][] {
  const defaults: { [name: string]: unknown } = mappingSettings.parse({});
  return Object.entries(mappingSettings.shape).map(([name, schema]) => [
    code(name),
    code(JSON.stringify(defaults[name])),
    schema.description ?? "",
  ]);
}

function sentences(catalogue: { [code: string]: string }): string[][] {
  return Object.entries(catalogue).map(([name, sentence]) => [
    code(name),
    sentence.replace("{field}", "*The field*"),
  ]);
}

function limitRows(limits: { [name: string]: number }): string[][] {
  return Object.entries(limits).map(([name, value]) => [code(name), value.toLocaleString("en")]);
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}

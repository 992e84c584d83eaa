import type { Finding } from "./finding.ts";

/** One line for each finding. */
export function formatFindings(findings: readonly Finding[]): string {
  return findings.map(formatFinding).join("\n");
}

function formatFinding({ check, ok, text, action, runbook }: Finding): string {
  const parts = [`${ok ? "✓" : "✗"} ${check}: ${text}`, action, runbook && `See ${runbook}`];
  return withoutControls(parts.filter(Boolean).join(" "));
}

/** Names and replies come from elsewhere, and a terminal obeys control characters. */
function withoutControls(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").replaceAll("`", "");
}

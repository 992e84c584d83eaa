import { createRuleStore, previewInput, type RulesPreview } from "@customerio-router/connections";
import { createCommand } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import { openConnections } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { findConnection } from "../find-connection.ts";
import { formatTable } from "../format-table.ts";
import { printResult } from "../print-result.ts";
import { openArchiveForReplay, replayVariables } from "../replay/open-replays.ts";
import { formatProblems, readRulesFile } from "./read-rules-file.ts";

const budgetMs = 60_000;

export function createPreviewCommand(environment: Environment) {
  return createCommand("preview", {
    summary: "Run the rules of a file over a connection's last messages",
    description:
      "Over the last 10,000 recorded messages, in Redis and in the archive where this machine sees it. Saves and sends nothing.",
    examples: ['npm run cli -- rules preview rules.json "Shop"'],
    variables: replayVariables,
  })
    .argument("<file>", 'JSON: { "rules": [...] }; - reads standard input')
    .argument("<connection>", "its name or id")
    .option("--json", "print JSON, with before and after of the first twenty messages that differ")
    .action(async (file, nameOrId, options) => {
      const { rules } = await readRulesFile(file);
      await using open = await openConnections(environment);
      const { id } = await findConnection(open.store, nameOrId);
      await using opened = await openArchiveForReplay(environment, open);
      const { archive } = opened;
      const context = { ...open, rules: createRuleStore(open), archive, budgetMs };
      const previewed = await previewInput(context, id, { rules });
      if (!previewed) throw new CommandError("the connection was deleted meanwhile");
      if (!previewed.ok) throw new CommandError(formatProblems(file, previewed.problems));
      printResult({ text: format(previewed.preview), json: previewed.preview }, options);
    });
}

function format({
  messages,
  dropped,
  changed,
  unmatched,
  failed,
  otherwise,
  rules,
  isComplete,
}: RulesPreview): string {
  const rows = [
    ["looked at", messages],
    ["dropped", dropped],
    ["changed", changed],
    ["unmatched", unmatched],
    ["failed", failed],
    ["mapped otherwise than today", otherwise],
  ].map((row) => row.map(String));
  const ofRules = rules.map(({ name, touched, failed: times }) => [name, String(touched), String(times)]);
  const tables = [
    formatTable(["messages", ""], rows, { numbersFrom: 1 }),
    ...(rules.length > 0 ? [formatTable(["rule", "touched", "failed"], ofRules, { numbersFrom: 1 })] : []),
  ];
  return [...tables, ...(isComplete ? [] : ["There are more messages: it stopped after a minute."])].join(
    "\n\n",
  );
}

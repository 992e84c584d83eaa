import { Document } from "yaml";
import type { Installation } from "../plan/installation.ts";
import { describeAlerts } from "./describe-alerts.ts";
import { describeConnection } from "./describe-connection.ts";
import { describeSource } from "./describe-source.ts";
import { createVariableNames } from "./variable-names.ts";

export type ExportOptions = { writeKeysAsVariables: boolean };

/** The installation as a file, in an order that stays the same. */
export async function formatConfig(installation: Installation, options: ExportOptions): Promise<string> {
  const { stored } = installation;
  const variables = createVariableNames();
  const connections = [];
  for (const connection of stored.connections) {
    connections.push(await describeConnection(connection, { installation, variables }));
  }
  const sources = stored.sources.map((source) =>
    describeSource(source, { installation, variables, ...options }),
  );
  const alerts = describeAlerts(stored.alerts, variables);
  const document = new Document({ sources, connections, ...(alerts && { alerts }) });
  document.commentBefore = headOf(variables.all());
  return document.toString({ lineWidth: 0 });
}

function headOf(variables: string[]): string {
  const lines = [
    "customerio-router: sources, connections, rules and alerts, by their names.",
    "Written by `npm run cli -- config export`, read by `config check`, `diff` and `apply`.",
    ...(variables.length === 0
      ? []
      : ["Set these variables for them, each to the secret that it stands for:"]),
    ...variables.map((name) => `  ${name}`),
  ];
  return lines.map((line) => ` ${line}`).join("\n");
}

import { parseArgs } from "node:util";
import type { z } from "zod";
import { type MappingConnection, mappingSettings } from "../settings.ts";

export type Options = { connection: MappingConnection; isExplaining: boolean };

/** Reads the command line, or says every problem of it, each in a sentence. */
export function readOptions(args: string[]): Options | { problems: string[] } {
  try {
    const { values } = parseArgs({ args, options: flags });
    const settings = mappingSettings.safeParse(JSON.parse(values.settings));
    if (!settings.success) return { problems: settings.error.issues.map(sentence) };
    const connection = { ...settings.data, connectionId: values["connection-id"] };
    return { connection, isExplaining: values.explain };
  } catch (error) {
    const { message } = error as Error;
    return { problems: [error instanceof SyntaxError ? `--settings is not JSON: ${message}` : message] };
  }
}

const flags = {
  settings: { type: "string", default: "{}" },
  "connection-id": { type: "string", default: "example" },
  explain: { type: "boolean", default: false },
} as const;

function sentence(issue: z.core.$ZodIssue): string {
  return `--settings: ${[...issue.path, issue.message].join(": ")}`;
}

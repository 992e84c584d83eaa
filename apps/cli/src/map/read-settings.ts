import { type MappingSettings, mappingSettings } from "@customerio-router/mapping";
import { CommandError } from "../command-error.ts";

/** @throws CommandError with every problem, one per line */
export function readSettings(json: string): MappingSettings {
  const settings = mappingSettings.safeParse(parse(json));
  if (settings.success) return settings.data;
  const problems = settings.error.issues.map(
    ({ path, message }) => `--settings: ${[...path, message].join(": ")}`,
  );
  throw new CommandError(problems.join("\n"));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new CommandError(`--settings is not JSON: ${(error as Error).message}`);
  }
}

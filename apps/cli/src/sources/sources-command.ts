import { createCommand } from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { createAddCommand } from "./add-source.ts";
import { createAddKeyCommand } from "./add-write-key.ts";
import { createChangeCommand } from "./change-source.ts";
import { createFeedCommand } from "./feed-connection.ts";
import { createListCommand } from "./list-sources.ts";
import { createRemoveCommand } from "./remove-source.ts";
import { createRetireKeyCommand } from "./retire-write-key.ts";

const commands = [
  createListCommand,
  createAddCommand,
  createChangeCommand,
  createRemoveCommand,
  createAddKeyCommand,
  createRetireKeyCommand,
  createFeedCommand,
];

export function createSourcesCommand(environment: Environment) {
  const sources = createCommand("sources", {
    summary: "List, add, change and remove sources of calls, and replace their write keys",
    examples: ["npm run cli -- sources list"],
  });
  for (const create of commands) sources.addCommand(create(environment));
  return sources;
}

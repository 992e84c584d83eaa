import { createCommand } from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { createAddCommand } from "./add-connection.ts";
import { createListCommand } from "./list-connections.ts";
import { createLiveCommand } from "./live-connection.ts";
import { createPauseCommand, createResumeCommand } from "./pause-connection.ts";
import { createRemoveCommand } from "./remove-connection.ts";
import { createTestCommand } from "./test-connection.ts";

const commands = [
  createListCommand,
  createAddCommand,
  createTestCommand,
  createPauseCommand,
  createResumeCommand,
  createLiveCommand,
  createRemoveCommand,
];

export function createConnectionsCommand(environment: Environment) {
  const connections = createCommand("connections", {
    summary: "List, add, test, pause and remove connections to Customer.io",
    examples: ["npm run cli -- connections list"],
  });
  for (const create of commands) connections.addCommand(create(environment));
  return connections;
}

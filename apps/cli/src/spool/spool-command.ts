import {
  createCommand,
  readEnvironment,
  redisFromEnvironment,
  redisVariables,
} from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { type OpenStore, openStore } from "../open-store.ts";
import { printResult } from "../print-result.ts";
import { assignSpooled } from "./assign-spooled.ts";
import { copySpools } from "./copy-spools.ts";
import { dropSpooled } from "./drop-spooled.ts";
import { listSpooled } from "./list-spooled.ts";

const variables = redisVariables;
const copyVariables = ["DATA_DIR"] as const;

export function createSpoolCommand(environment: Environment) {
  return createCommand("spool", {
    summary: "Decide on messages that intakes keep for connections that Redis lost, and copy spools",
    description:
      "Intakes carry out a decision within seconds, and refuse the former write key from then on. To keep that write key, create the connection again with it instead: it gets the messages automatically.",
    examples: ["npm run cli -- spool list"],
  })
    .addCommand(createListCommand(environment))
    .addCommand(createAssignCommand(environment))
    .addCommand(createDropCommand(environment))
    .addCommand(createCopyCommand(environment));
}

function createListCommand(environment: Environment) {
  return createCommand("list", {
    summary: "List the lost connections with the messages that are kept for them",
    examples: ["npm run cli -- spool list", "npm run --silent cli -- spool list --json"],
    variables,
  })
    .option("--json", "print JSON")
    .action(async (options) => {
      await using open = await openFrom(environment);
      printResult(await listSpooled(open), options);
    });
}

function createAssignCommand(environment: Environment) {
  return createCommand("assign", {
    summary: "Give the messages of a lost connection to another connection",
    examples: ['npm run cli -- spool assign c0123456789abcdef012 "Shop"'],
    variables,
  })
    .argument("<id>", "id of the lost connection, as listed")
    .argument("<connection>", "name or id of the connection that gets the messages")
    .option("--json", "print JSON")
    .action(async (id, connection, options) => {
      await using open = await openFrom(environment);
      printResult(await assignSpooled(open, { id, connection }), options);
    });
}

function createDropCommand(environment: Environment) {
  return createCommand("drop", {
    summary: "Delete the messages of a lost connection",
    examples: ["npm run cli -- spool drop c0123456789abcdef012 --yes"],
    variables,
  })
    .argument("<id>", "id of the lost connection, as listed")
    .option("--yes", "confirm that the messages are deleted; refused without it")
    .option("--json", "print JSON")
    .action(async (id, options) => {
      await using open = await openFrom(environment);
      printResult(await dropSpooled(open, { id, isConfirmed: options.yes === true }), options);
    });
}

function createCopyCommand(environment: Environment) {
  return createCommand("copy", {
    summary: "Copy the spools in DATA_DIR, for a backup, while their intakes go on",
    description: "Run it where the intake runs. docs/backup.md says in which order to copy what.",
    examples: ["npm run cli -- spool copy /backup/spool"],
    variables: copyVariables,
  })
    .argument("<folder>", "where the copies go; it may not have any spools yet")
    .option("--json", "print JSON")
    .action(async (to, options) => {
      const { DATA_DIR: dataDir } = readEnvironment(environment, copyVariables);
      printResult(await copySpools({ dataDir, to }), options);
    });
}

function openFrom(environment: Environment): Promise<OpenStore> {
  const location = redisFromEnvironment(readEnvironment(environment, variables));
  return openStore({ ...location, secretKey: undefined, allowCustomTrackUrl: true });
}

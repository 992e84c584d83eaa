import { parseArgs } from "node:util";
import type { Connection, ConnectionStore } from "@customerio-router/connections";
import { createBackend, wake } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { readSecretArgument } from "@customerio-router/service";
import { explainState } from "../../connections/connection-state.ts";
import { checkKeys } from "../../connections/form/check-keys.ts";
import { readKeys } from "../../connections/form/read-keys.ts";
import { saveNewConnection } from "../../connections/form/save-connection.ts";
import { readOverview } from "../../connections/list/connection-overview.ts";
import { deleteConnection } from "../../connections/remove/delete-connection.ts";
import { UsageError } from "../run-cli.ts";
import { formatTable } from "./format-table.ts";

export type CommandOptions = {
  args: string[];
  redis: RedisClient;
  store: ConnectionStore;
  allowCustomTrackUrl: boolean;
  /** From the environment: an argument would be seen by everybody on the machine. */
  apiKey: string | undefined;
  print: (text: string) => void;
};

const usage = `npm run connections -- <command>

  list [--json]                                 all connections and how they stand
  add <name> --site-id <id> [--region us|eu]    make one; its API Key comes from CUSTOMERIO_API_KEY
      [--write-key -] [--track-url <url>] [--settings <JSON>]
                                                a write key of your own comes from standard input
  test <name or id>                             ask Customer.io whether its keys are good
  pause <name or id>                            keep what comes, deliver nothing
  resume <name or id>                           deliver again
  remove <name or id> --yes                     delete it with everything that still waits

REDIS_URL and SECRET_KEY are read from the environment, as by every process. Everybody on the machine sees a
command's arguments: no key has to be one.`;

/** Does what the arguments say. @throws UsageError with what to mend */
export async function runCommand(options: CommandOptions): Promise<void> {
  const { positionals, values } = read(options.args);
  const [command = "", name] = positionals;
  switch (command) {
    case "list":
      return list(options, values.json === true);
    case "add":
      return add(options, needed(name), values);
    case "test":
      return test(options, await find(options, needed(name)));
    case "pause":
    case "resume": {
      const connection = await find(options, needed(name));
      await createBackend(options.redis).queue(connection.id)[command]();
      await wake(options.redis, connection.id);
      return options.print(`${connection.name}: ${command}d.`);
    }
    case "remove": {
      const connection = await find(options, needed(name));
      if (values.yes !== true)
        throw new UsageError(`remove deletes ${connection.name} and what waits for it: say so with --yes.`);
      await deleteConnection(options, connection.id);
      return options.print(`${connection.name}: removed.`);
    }
    default:
      throw new UsageError(
        `${command === "" ? "a command is missing" : `no such command: ${command}`}\n\n${usage}`,
      );
  }
}

type Values = ReturnType<typeof read>["values"];

function read(args: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        "site-id": text,
        region: text,
        "write-key": text,
        "track-url": text,
        settings: text,
        json: flag,
        yes: flag,
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`);
  }
}

function needed(name: string | undefined): string {
  if (name === undefined) throw new UsageError(`a connection's name is missing\n\n${usage}`);
  return name;
}

async function find({ store }: CommandOptions, nameOrId: string): Promise<Connection> {
  const found = (await store.findByName(nameOrId)) ?? (await store.get(nameOrId));
  if (!found) throw new UsageError(`there is no connection ${JSON.stringify(nameOrId)}`);
  return found;
}

async function list({ store, redis, print }: CommandOptions, isJson: boolean): Promise<void> {
  const backend = createBackend(redis);
  const overviews = await Promise.all(
    (await store.list()).map((connection) =>
      readOverview({ redis, connection, queue: backend.queue(connection.id) }),
    ),
  );
  if (isJson) return print(JSON.stringify(overviews, undefined, 2));
  const rows = overviews.map(({ connection, state, waiting, failed }) => [
    connection.name,
    connection.id,
    connection.region,
    state.state,
    String(waiting),
    String(failed),
    state.state === "active" ? "" : explainState(state),
  ]);
  print(formatTable(["Name", "Id", "Region", "State", "Jobs waiting", "Jobs failed", ""], rows));
}

async function add(options: CommandOptions, name: string, values: Values): Promise<void> {
  const { region, settings } = values;
  if (options.apiKey === undefined) throw new UsageError("the API Key is missing: set CUSTOMERIO_API_KEY");
  if (region !== undefined && region !== "us" && region !== "eu")
    throw new UsageError("--region is us or eu");
  const writeKey = await readSecretArgument(values["write-key"]);
  if (writeKey === "")
    throw new UsageError("--write-key - reads the key from standard input, which is empty");
  const saved = await saveNewConnection(options, {
    apiKey: options.apiKey,
    region,
    input: {
      name,
      siteId: values["site-id"] ?? "",
      ...(writeKey !== undefined && { writeKey }),
      ...(values["track-url"] !== undefined && { trackUrl: values["track-url"] }),
      ...(settings !== undefined && { settings: readSettings(settings) }),
    },
  });
  if (!saved.ok)
    throw new UsageError(saved.problems.map(({ field, message }) => `${field}: ${message}`).join("\n"));
  const connection = await options.store.get(saved.id);
  options.print(`${name}: made. Write key: ${connection?.writeKey}`);
}

function readSettings(text: string): object {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError('--settings must be JSON, such as {"convertDates":false}');
  }
}

async function test(options: CommandOptions, connection: Connection): Promise<void> {
  const { siteId, trackUrl, region } = connection;
  const input = { siteId, ...(trackUrl !== undefined && { trackUrl }) };
  const keys = await readKeys(options, { input, apiKey: "", region }, connection);
  const { ok, message } = keys.ok ? await checkKeys(keys.keys) : keys;
  if (!ok) throw new UsageError(`${connection.name}: ${message}`);
  options.print(`${connection.name}: ${message}`);
}

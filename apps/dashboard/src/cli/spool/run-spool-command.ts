import { parseArgs } from "node:util";
import {
  type ConnectionStore,
  decideHeld,
  type HeldMessages,
  readHeld,
} from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { formatTable } from "../connections/format-table.ts";
import { UsageError } from "../run-cli.ts";

export type SpoolCommandOptions = {
  args: string[];
  redis: RedisClient;
  store: Pick<ConnectionStore, "findByName" | "get">;
  print: (text: string) => void;
};

export const spoolUsage = `npm run spool -- <command>

  list [--json]                  messages that intakes keep for connections that Redis lost
  assign <id> <name or id>       give them to another connection
  drop <id> --yes                delete them

Intakes do so within seconds, and refuse the former write key from then on. To keep it, make the connection again with
the same write key instead: it gets the messages by itself. REDIS_URL is read from the environment, as by every process.`;

/** Does what the arguments say. @throws UsageError with what to mend */
export async function runSpoolCommand(options: SpoolCommandOptions): Promise<void> {
  const { positionals, values } = read(options.args);
  const [command = "", id, to] = positionals;
  switch (command) {
    case "list":
      return list(options, values.json === true);
    case "assign":
      return assign(options, await find(options, id), to);
    case "drop":
      return drop(options, await find(options, id), values.yes === true);
    default:
      throw new UsageError(
        `${command === "" ? "a command is missing" : `no such command: ${command}`}\n\n${spoolUsage}`,
      );
  }
}

function read(args: string[]) {
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({ args, allowPositionals: true, options: { yes: flag, json: flag } });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${spoolUsage}`);
  }
}

async function list({ redis, print }: SpoolCommandOptions, isJson: boolean): Promise<void> {
  const held = await readHeld(redis);
  if (isJson) return print(JSON.stringify(held, undefined, 2));
  if (held.length === 0) return print("No running intake keeps messages of a connection that Redis lost.");
  const rows = held.map(({ connectionId, messages, bytes, oldestAtMs }) => [
    connectionId,
    String(messages),
    String(bytes),
    messages === 0 ? "" : new Date(oldestAtMs).toISOString(),
  ]);
  print(formatTable(["Id", "Messages", "Bytes", "Oldest"], rows));
}

async function find({ redis }: SpoolCommandOptions, id: string | undefined): Promise<HeldMessages> {
  if (id === undefined) throw new UsageError(`the id of the lost connection is missing\n\n${spoolUsage}`);
  const found = (await readHeld(redis)).find(({ connectionId }) => connectionId === id);
  if (found) return found;
  throw new UsageError(
    `no running intake keeps messages of a lost connection ${JSON.stringify(id)}: see npm run spool -- list`,
  );
}

async function assign(
  { redis, store, print }: SpoolCommandOptions,
  { connectionId, messages }: HeldMessages,
  to: string | undefined,
): Promise<void> {
  if (to === undefined)
    throw new UsageError(`the connection that gets the messages is missing\n\n${spoolUsage}`);
  const target = (await store.findByName(to)) ?? (await store.get(to));
  if (!target)
    throw new UsageError(`there is no connection ${JSON.stringify(to)}: see npm run connections -- list`);
  await decideHeld(redis, connectionId, { to: target.id });
  print(`Within seconds the intakes give ${messages} messages of ${connectionId} to ${target.name}.`);
}

async function drop(
  { redis, print }: SpoolCommandOptions,
  { connectionId, messages }: HeldMessages,
  isSure: boolean,
): Promise<void> {
  if (!isSure)
    throw new UsageError(`drop deletes ${messages} messages of ${connectionId}: say so with --yes.`);
  await decideHeld(redis, connectionId, "drop");
  print(`Within seconds the intakes delete ${messages} messages of ${connectionId}.`);
}

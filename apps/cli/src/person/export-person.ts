import { once } from "node:events";
import { archiveFromEnvironment, archiveVariables } from "@customerio-router/archive";
import {
  type Connection,
  type KeptLine,
  PersonError,
  readLines,
  readPerson,
} from "@customerio-router/connections";
import { peopleOf } from "@customerio-router/messages";
import type { RedisClient } from "@customerio-router/redis";
import { readArchiveMark } from "@customerio-router/reports";
import { readEnvironment } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import type { Environment } from "../environment.ts";

const places = ["waiting", "failed", "records", "archive"] as const satisfies KeptLine["where"][];

/** Writes what is kept of a person to standard output, and how much it was to standard error. */
export async function exportPerson(options: {
  environment: Environment;
  redis: RedisClient;
  connections: Connection[];
  person: string;
}): Promise<void> {
  const { redis, connections } = options;
  const people = parse(options.person);
  const config = readEnvironment(options.environment, archiveVariables);
  const archive = await archiveFromEnvironment(config, (message) => console.error(message));
  const isSeen =
    archive !== undefined && (await archive.readMark()) === ((await readArchiveMark(redis)) ?? undefined);
  const counts = { waiting: 0, failed: 0, records: 0, archive: 0 };
  try {
    for (const { id, name } of connections) {
      for await (const line of linesOf({ redis, archive, connectionId: id, people })) {
        counts[line.where] += 1;
        await print(JSON.stringify({ connection: { id, name }, ...line }));
      }
    }
  } finally {
    await archive?.[Symbol.asyncDispose]();
  }
  console.error(places.map((place) => `${counts[place]} ${place}`).join(", "));
  console.error("Not reached: the spools of intakes, backups, and what Customer.io has.");
  if (!isSeen) {
    console.error(
      `${archive?.where ?? "The archive"} is not the archive that the workers write, or there is none: see ARCHIVE_URL.`,
    );
  }
}

/** Each once: a line of the archive comes for each key that it names. */
async function* linesOf(options: Parameters<typeof readLines>[0]): AsyncGenerator<KeptLine> {
  const wanted = new Set(options.people);
  const seen = new Set<string>();
  for await (const line of readLines(options)) {
    const { where, message, operations } = line;
    const named = peopleOf(message, operations);
    if (where !== "archive" && !named.some((key) => wanted.has(key))) continue;
    const text = JSON.stringify(line);
    if (where === "archive" && seen.has(text)) continue;
    if (where === "archive") seen.add(text);
    yield line;
  }
}

function parse(text: string): string[] {
  try {
    return readPerson(text);
  } catch (error) {
    if (error instanceof PersonError) throw new CommandError(error.message);
    throw error;
  }
}

async function print(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
}

import { PersonError, readPerson, requestErasure } from "@customerio-router/connections";
import { readEnvironment, readSecretArgument } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import { type OpenConnections, storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { readPeople } from "./read-people.ts";

/** @returns the ids of the erasures, one for each person */
export async function requestErasures(
  { redis, store }: OpenConnections,
  environment: Environment,
  options: {
    person: string | undefined;
    fromFile: string | undefined;
    connection: string;
    suppress: boolean;
  },
): Promise<string[]> {
  const { connection, suppress } = options;
  const { SECRET_KEY: secretKey } = readEnvironment(environment, storeVariables, {
    required: ["SECRET_KEY"],
  });
  const people = await listPeople(options);
  const existing = (await store.list()).map(({ id }) => id);
  const ids: string[] = [];
  for (const person of people) {
    const { id } = await requestErasure({ redis, secretKey, person, connection, existing, suppress });
    ids.push(id);
  }
  return ids;
}

/** All of them are read before the first is erased. */
async function listPeople({
  person,
  fromFile,
}: {
  person: string | undefined;
  fromFile: string | undefined;
}): Promise<string[]> {
  if ((person === undefined) === (fromFile === undefined)) {
    throw new CommandError("give either --person or --from-file.");
  }
  const only = await readSecretArgument(person);
  const people =
    only === undefined ? await readPeople(fromFile as string) : [{ line: undefined, text: only }];
  if (people.length === 0) throw new CommandError("the list names nobody.");
  for (const { line, text } of people) {
    try {
      readPerson(text);
    } catch (error) {
      if (!(error instanceof PersonError)) throw error;
      throw new CommandError(line === undefined ? error.message : `line ${line}: ${error.message}`);
    }
  }
  return people.map(({ text }) => text);
}

import { Option } from "@commander-js/extra-typings";
import {
  allConnections,
  liftErasure,
  listErasures,
  type Receipt,
  readErasure,
  readReceipt,
} from "@customerio-router/connections";
import { createCommand, numberFrom } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import { type OpenConnections, openConnections, storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { findConnection } from "../find-connection.ts";
import { formatTable } from "../format-table.ts";
import { printResult } from "../print-result.ts";
import { requestErasures } from "./request-erasures.ts";
import { waitForReceipts } from "./wait-for-receipts.ts";

/** What asks for erasures. */
const toErase = ["person", "fromFile", "connection", "suppress", "wait"];

export function createEraseCommand(environment: Environment) {
  return createCommand("erase", {
    summary:
      "Erase people: remove what is kept of them, delete them in Customer.io, and skip their calls from now on",
    description:
      "Prints one receipt per person, as JSON and without personal data. The workers carry an erasure out, also when this command has ended; docs/erasure.md says what is found and what is not",
    examples: [
      "npm run cli -- erase --person 42 --connection all --wait",
      "npm run cli -- erase --from-file people.txt --connection Shop --suppress",
      "npm run cli -- erase --receipt e0123456789abcdef",
      "npm run cli -- erase --lift e0123456789abcdef",
      "npm run cli -- erase --list",
    ],
    variables: storeVariables,
    exitCode1: "something is outstanding when --wait ends",
  })
    .option(
      "--person <person>",
      "id or email address, or a key such as anonymous_id:x; - reads it from standard input",
    )
    .option("--from-file <file>", "a list of people, one per line; - reads standard input")
    .option("--connection <connection>", "name or id of a connection, or all")
    .option(
      "--suppress",
      "suppress the people in Customer.io, which takes no data about them any more, instead of deleting them",
    )
    .option("--wait", "wait until everything is done, for at most --timeout seconds")
    .option("--timeout <seconds>", "how long --wait waits", numberFrom(0), 600)
    .addOption(new Option("--receipt <id>", "print the receipt of an erasure").conflicts(toErase))
    .addOption(new Option("--lift <id>", "take calls of the person again").conflicts([...toErase, "receipt"]))
    .addOption(new Option("--list", "list all erasures").conflicts([...toErase, "receipt", "lift"]))
    .option("--json", "print --list as JSON")
    .action(async (options) => {
      const { person, fromFile, connection, suppress = false, receipt, lift, list } = options;
      await using open = await openConnections(environment);
      if (list) return printResult(await describeAll(open), options);
      if (receipt !== undefined) return print([await receiptOf(open, receipt)]);
      if (lift !== undefined) {
        if (!(await liftErasure(open.redis, lift))) throw noErasure(lift);
        return print([await receiptOf(open, lift)]);
      }
      if (connection === undefined) throw new CommandError("give --connection: a name, an id, or all.");
      const chosen =
        connection === allConnections ? allConnections : (await findConnection(open.store, connection)).id;
      const ids = await requestErasures(open, environment, {
        person,
        fromFile,
        connection: chosen,
        suppress,
      });
      if (!options.wait) return print(await Promise.all(ids.map((id) => receiptOf(open, id))));
      const receipts = await waitForReceipts({
        ids,
        read: (id) => receiptOf(open, id),
        timeoutMs: options.timeout * 1_000,
        onProgress: (line) => console.error(line),
      });
      print(receipts);
      const outstanding = receipts.filter(({ state }) => state === "outstanding").length;
      if (outstanding > 0) {
        throw new CommandError(
          `${outstanding} of ${ids.length} erasures are outstanding; the workers go on.`,
        );
      }
    });
}

async function receiptOf(open: OpenConnections, id: string): Promise<Receipt> {
  const erasure = await readErasure(open.redis, id);
  if (erasure === undefined) throw noErasure(id);
  return await readReceipt(open, erasure);
}

function noErasure(id: string): CommandError {
  return new CommandError(`there is no erasure ${JSON.stringify(id)}: see npm run cli -- erase --list`);
}

/** One is an object, several are a line each. */
function print(receipts: Receipt[]): void {
  const [only] = receipts;
  if (receipts.length === 1) console.log(JSON.stringify(only, undefined, 2));
  else for (const receipt of receipts) console.log(JSON.stringify(receipt));
}

async function describeAll(open: OpenConnections) {
  const receipts = await Promise.all((await listErasures(open.redis)).map(({ id }) => receiptOf(open, id)));
  const rows = receipts.map(({ id, requestedAt, state, connection }) => [id, requestedAt, state, connection]);
  return {
    text:
      rows.length === 0
        ? "Nobody was erased."
        : formatTable(["Id", "Requested", "State", "Connection"], rows),
    json: receipts,
  };
}

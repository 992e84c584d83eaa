import { readFile } from "node:fs/promises";
import { nameKey } from "@customerio-router/connections";
import { isObject } from "@customerio-router/messages";
import { type Document, LineCounter, parseDocument } from "yaml";
import { CommandError } from "../../command-error.ts";
import type { Environment } from "../../environment.ts";
import { checkEntries } from "./check-entries.ts";
import type { ConfigFile, Entry, FilePath } from "./config-file.ts";
import { createProblemList, type ProblemList } from "./problem-list.ts";
import { readScalars } from "./read-scalars.ts";

export type OpenFile = { path: string; file: ConfigFile; problems: ProblemList };

/**
 * Reads a router.yaml and checks what can be checked without Redis.
 * @throws CommandError with every problem, each with its line and column
 */
export async function readConfigFile(path: string, environment: Environment): Promise<OpenFile> {
  const lineCounter = new LineCounter();
  const document = parseDocument(await readText(path), { lineCounter, prettyErrors: false });
  const problems = createProblemList(path, { document, lineCounter });
  for (const { pos, code, message } of document.errors) {
    problems.addAt(
      pos[0],
      code === "MULTIPLE_DOCS" ? "The file must be one document: remove the `---`." : message,
    );
  }
  problems.throwIfAny();
  readScalars(document, environment, problems);
  const file = readSections(toValue(document, problems), problems);
  checkEntries(file, problems);
  problems.throwIfAny();
  return { path, file, problems };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** An alias without an anchor, and aliases that stand for too much, are found here. */
function toValue(document: Document, problems: ProblemList): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    problems.addAt(0, `${error.message}.`);
    problems.throwIfAny();
  }
}

const sections = ["sources", "connections", "alerts"];
const alertSections = ["settings", "channels"];

function readSections(value: unknown, problems: ProblemList): ConfigFile {
  const root = readMap(value, [], problems);
  findUnknown(root, { known: sections, path: [], problems });
  const alerts = root.alerts === undefined ? {} : readMap(root.alerts, ["alerts"], problems);
  findUnknown(alerts, { known: alertSections, path: ["alerts"], problems });
  const settingsPath = ["alerts", "settings"];
  return {
    sources: readEntries(root.sources, ["sources"], problems),
    connections: readEntries(root.connections, ["connections"], problems),
    alerts: {
      settings: alerts.settings === undefined ? undefined : readMap(alerts.settings, settingsPath, problems),
      channels: readEntries(alerts.channels, ["alerts", "channels"], problems),
    },
  };
}

function readMap(value: unknown, path: FilePath, problems: ProblemList): Record<string, unknown> {
  if (isObject(value)) return value;
  const known = { "": sections, alerts: alertSections }[path.join(".")];
  problems.add(path, known ? `Write ${known.join(", ")} here, by name.` : "Write settings here, by name.");
  return {};
}

function findUnknown(
  fields: object,
  { known, path, problems }: { known: string[]; path: FilePath; problems: ProblemList },
): void {
  for (const name of Object.keys(fields).filter((one) => !known.includes(one))) {
    problems.add([...path, name], `Unknown: only ${known.join(", ")} are known here.`);
  }
}

function readEntries(value: unknown, path: FilePath, problems: ProblemList): Entry[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    problems.add(path, "Write a list, each entry with a name, such as `- name: Shop`.");
    return [];
  }
  const seen = new Set<string>();
  return value.flatMap((fields: unknown, index) => {
    const at = [...path, index];
    if (!isObject(fields) || typeof fields.name !== "string" || fields.name.trim() === "") {
      problems.add(isObject(fields) ? [...at, "name"] : at, "The name is missing: each entry needs one.");
      return [];
    }
    const name = fields.name.trim();
    if (seen.has(nameKey(name))) problems.add([...at, "name"], "Another entry has this name.");
    seen.add(nameKey(name));
    return [{ name, fields, path: at }];
  });
}

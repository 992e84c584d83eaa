// Writes what the documents say of the code from the code itself: README's table of environment variables, .env.example,
// the delivery settings in docs/settings.md, the settings in docs/alerts.md, the rows of docs/runbook.md and the commands in
// apps/cli/README.md. And what `npm start` and the apps print with `--help`, for a clone without dependencies.
import { execFile, execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type AlertSettings, alertSettings, defaultAlertSettings } from "@customerio-router/alerts";
import { deliverySettings, listSettings, type SettingDescription } from "@customerio-router/connections";
import { type Situation, situations } from "@customerio-router/reports";
import {
  createCommand,
  type EnvironmentVariable,
  environmentVariables,
  readCommandLine,
  secretFileVariables,
} from "@customerio-router/service";

const repository = fileURLToPath(new URL("..", import.meta.url));
const { check: isCheck = false } = readCommandLine(
  createCommand("npm run docs --", {
    summary: "Write what the documents say of the code from the code itself",
    examples: ["npm run docs", "npm run docs -- --check"],
    exitCode1: "--check finds something to write",
  }).option("--check", "write nothing"),
  process.argv.slice(2),
);
const variables: [string, EnvironmentVariable][] = Object.entries(environmentVariables);

const compileCache = { NODE_COMPILE_CACHE: `${repository}node_modules/.cache/compiled` };

/** Of those who run it, not of those who develop it. */
const entriesWithHelp = [
  "scripts/start.ts",
  ...["intake", "worker", "dashboard", "sandbox", "cli"].map((app) => `apps/${app}/src/main.ts`),
];

const toFillIn = new Set(["SECRET_KEY", "DASHBOARD_PASSWORD"]);

/** By docker-compose.yml, or for one start only. */
const setElsewhere = new Set([
  "REDIS_URL",
  "INTAKE_PORT",
  "DASHBOARD_PORT",
  "SANDBOX_PORT",
  "WORKER_PORT",
  "HOST",
  "DATA_DIR",
  "DASHBOARD_LOGIN_CODE",
]);

const documents: { path: string; write: (current: string) => string | Promise<string> }[] = [
  { path: "README.md", write: (current) => replacePart(current, "environment", environmentTable()) },
  { path: ".env.example", write: environmentExample },
  { path: "docs/settings.md", write: (current) => replacePart(current, "delivery", deliveryTable()) },
  { path: "docs/alerts.md", write: (current) => replacePart(current, "alerts", alertsTable()) },
  { path: "docs/runbook.md", write: (current) => replacePart(current, "situations", runbookTable()) },
  { path: "apps/cli/README.md", write: (current) => replacePart(current, "commands", commands()) },
  { path: "scripts/set-up/help.txt", write: helpTexts },
];

for (const { path, write } of documents) {
  const current = readFileSync(`${repository}${path}`, "utf8");
  const wanted = await write(current);
  if (current === wanted) continue;
  if (isCheck) {
    console.error(`${path} is not as the code has it: run \`npm run docs\``);
    process.exitCode = 1;
  } else {
    writeFileSync(`${repository}${path}`, wanted);
    console.log(`wrote ${path}`);
  }
}

/** Between `<!-- name -->` and `<!-- /name -->`. */
function replacePart(text: string, name: string, part: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${begin} and ${end} are to enclose a part of the document`);
  return `${text.slice(0, from)}${begin}\n\n${part}\n\n${text.slice(to)}`;
}

function environmentTable(): string {
  const rows = variables.map(
    ([name, { default: standard, description }]) =>
      `| \`${name}\` | ${standard === undefined ? "" : `\`${standard}\``} | ${description} |`,
  );
  const table = ["| Variable | Default | What it is |", "| --- | --- | --- |", ...rows].join("\n");
  return `${table}\n\n${aboutSecretFiles()}`;
}

function aboutSecretFiles(): string {
  const names = secretFileVariables.map((name) => `\`${name}\``).join(", ");
  return `A secret can stand in a file instead, such as one that Docker, Kubernetes or systemd mounts. Name the file in ${names}. Line breaks at the end of the file do not count. Set the variable or its file, not both.`;
}

/** A row for each setting; one for each group stands before its settings. */
function deliveryTable(): string {
  const groupOf = (name: string) => name.replace(/\..*/, "");
  const ofDelivery = listSettings().filter(({ name }) => groupOf(name) in deliverySettings.shape);
  const rows = ofDelivery.flatMap((setting, index) => {
    const { group, name } = setting;
    const isFirst = group !== undefined && ofDelivery[index - 1]?.group !== group;
    return [...(isFirst ? [`| \`${groupOf(name)}\` | | | ${group} |`] : []), settingRow(setting)];
  });
  return ["| Setting | Default | Bounds | What it is |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function settingRow({ name, default: standard, min, max, description }: SettingDescription): string {
  const bounds = [min, max].map((bound) => bound?.toLocaleString("en")).join(" to ");
  return `| \`${name}\` | \`${JSON.stringify(standard)}\` | ${bounds} | ${description} |`;
}

function alertsTable(): string {
  const rows = Object.entries(alertSettings.shape).map(
    ([name, { description = "" }]) =>
      `| \`${name}\` | \`${JSON.stringify(defaultAlertSettings[name as keyof AlertSettings])}\` | ${description} |`,
  );
  return ["| Setting | Default | What it is |", "| --- | --- | --- |", ...rows].join("\n");
}

/** Each row has an anchor of its own, to which pages and commands point. */
function runbookTable(): string {
  const rows = Object.entries<Situation>(situations).map(
    ([name, { symptom, meaning, action }]) => `| <a id="${name}"></a>${symptom} | ${meaning} | ${action} |`,
  );
  return ["| Symptom | Meaning | Action |", "| --- | --- | --- |", ...rows].join("\n");
}

function commands(): string {
  const printReference = `${repository}apps/cli/src/reference/main.ts`;
  return execFileSync(process.execPath, [printReference], { encoding: "utf8" }).trim();
}

async function helpTexts(): Promise<string> {
  const texts = await Promise.all(entriesWithHelp.map(helpOf));
  return `Written by \`npm run docs\`: what each command prints with --help, for a clone without dependencies.\n${texts.join("")}`;
}

async function helpOf(entry: string): Promise<string> {
  const run = async (...args: string[]) =>
    (await promisify(execFile)(process.execPath, args, { cwd: repository, env: compileCache })).stdout;
  if (entry === "apps/cli/src/main.ts") return run("apps/cli/src/reference/print-help.ts");
  return `=== ${entry}\n${await run(entry, "--help")}`;
}

/** What is to be filled in has a line of its own; the rest stands there as comments. */
function environmentExample(): string {
  const lines = variables
    .filter(([name]) => !setElsewhere.has(name))
    .map(([name, { default: standard = "", description }]) =>
      [`# ${description.replaceAll("`", "")}`, `${toFillIn.has(name) ? "" : "#"}${name}=${standard}`].join(
        "\n",
      ),
    );
  return `${exampleHeader()}\n\n${lines.join("\n\n")}\n`;
}

function exampleHeader(): string {
  const { SANDBOX_SITE_ID, SANDBOX_API_KEY } = environmentVariables;
  return `# The environment of docker-compose.yml. Copy this file to .env, which git ignores, and fill in the two empty values:
# \`openssl rand -base64 32\` generates a good one. A secret can also be read from a file: SECRET_KEY_FILE names the one with SECRET_KEY. Create connections in the dashboard, or describe one here.
#
# To try it with the sandbox instead of Customer.io, run docker compose --profile sandbox up with
#   ALLOW_CUSTOM_TRACK_URL=true
#   CUSTOMERIO_TRACK_URL=http://sandbox:3002
#   CUSTOMERIO_SITE_ID=${SANDBOX_SITE_ID.default}
#   CUSTOMERIO_API_KEY=${SANDBOX_API_KEY.default}
#   CONNECTION_NAME=Sandbox
#   WRITE_KEY=one-of-your-own`;
}

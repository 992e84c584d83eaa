import { readFileSync } from "node:fs";

/** What npm has options of its own for too; they can also come from somebody's .npmrc, and npm taking them does no harm. */
const alsoNpms = new Set(["--force", "--help", "--json", "--name", "--only", "--version", "--yes"]);

/** What `npm start`, each app and each of its commands prints with `--help`, by its entry and the names of commands within it. `npm run docs` writes it. */
const helpTexts = new Map(
  readFileSync(new URL("help.txt", import.meta.url), "utf8")
    .split(/^=== /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n") + 1)]),
);

/**
 * What a command line is answered at once, without the command's dependencies: `--help`, `--version`, and an option or a
 * command that there is not. Undefined where the command has to run.
 * @param {string[]} line such as `node apps/cli/src/main.ts map --explain`
 * @returns {{ text: string, isWrong: boolean } | undefined}
 */
export function answerAtOnce(line) {
  const command = readCommand(line);
  if (command === undefined) return undefined;
  const { help, options, usage } = command;
  const words = [...command.rest];
  for (let word = words.shift(); word !== undefined && word !== "--"; word = words.shift()) {
    const [option] = word.split("=");
    if (option === "--help" || option === "-h") return { text: help, isWrong: false };
    if (option === "--version") return { text: `${readVersion()}\n`, isWrong: false };
    if (command.commands.length > 0 && !word.startsWith("-"))
      return refuse("command", word, command.commands);
    if (!word.startsWith("-") || word === "-") continue;
    if (!options.has(option)) return refuse("option", option, [...options.keys()]);
    if (options.get(option) && word === option) words.shift();
  }
  return undefined;

  function refuse(what, typed, known) {
    const meant = known.find((one) => isTypo(typed, one));
    const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
    return {
      text: `${command.name}: unknown ${what} '${typed}'.${hint} See ${usage} --help\n`,
      isWrong: true,
    };
  }
}

/**
 * Why a command must not run: npm took one of its options, or a typo of one, for its own, since no `--` stands before it.
 * An `import --dry-run` would send.
 * @param {string[]} line
 * @param {{ [name: string]: string | undefined }} environment
 * @returns {string | undefined}
 */
export function findTakenByNpm(line, environment) {
  const command = readCommand(line);
  if (command === undefined) return undefined;
  const known = [...command.options.keys()].filter((option) => !alsoNpms.has(option));
  const taken = Object.keys(environment)
    .filter((name) => name.startsWith("npm_config_"))
    .map((name) => `--${name.slice("npm_config_".length).replaceAll("_", "-")}`)
    .find((option) => known.some((one) => option === one || (one.length > 4 && isTypo(option, one))));
  if (taken === undefined) return undefined;
  const { name, usage } = command;
  const typed = usage.includes(" -- ") || usage.endsWith(" --") ? usage : `${usage} --`;
  return `${name}: npm took ${taken} for an option of its own. Put -- before it: ${typed} ${taken}\n`;
}

/** Undefined for others: linters, benchmarks, tests. */
function readCommand(line) {
  const at = line.findIndex((word) => helpTexts.has(word));
  if (at < 0) return undefined;
  let path = line[at];
  const rest = line.slice(at + 1);
  while (helpTexts.has(`${path} ${rest[0]}`)) path += ` ${rest.shift()}`;
  const help = helpTexts.get(path);
  const [, usage] = /^Usage: (.*?)(?: [[<]|$)/m.exec(help);
  // Whether it takes a value, which may begin with a dash.
  const options = new Map(
    [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)( <)?/gm)].map(([, option, value]) => [
      option,
      value !== undefined,
    ]),
  );
  const name = usage.replace(/^npm run (cli -- )?/, "").replace(/ --$/, "");
  const commands = [...helpTexts.keys()]
    .filter((other) => other.startsWith(`${path} `))
    .map((other) => other.slice(path.length + 1));
  return { name, usage, help, options, commands, rest };
}

/** One letter is missing, too much or another one, or two neighbours are exchanged. */
function isTypo(typed, meant) {
  const [one, other] = withoutCommonEnds(typed, meant);
  if (one.length < 2 && other.length < 2) return typed !== meant;
  return one.length === 2 && one === [...other].reverse().join("");
}

function withoutCommonEnds(one, other) {
  const least = Math.min(one.length, other.length);
  let from = 0;
  while (from < least && one[from] === other[from]) from += 1;
  let behind = 0;
  while (behind < least - from && one.at(-1 - behind) === other.at(-1 - behind)) behind += 1;
  return [one.slice(from, one.length - behind), other.slice(from, other.length - behind)];
}

function readVersion() {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}

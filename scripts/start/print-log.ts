import { styleText } from "node:util";

const colours = { intake: "cyan", worker: "green", dashboard: "magenta", sandbox: "yellow" } as const;
const levels = { warn: "yellow", error: "red", fatal: "red" } as const;

/** What every line of pino's has and a person at a terminal can do without. */
const known = new Set(["level", "time", "pid", "hostname", "name", "msg", "err"]);

/** Writes a line of a process's log with the process's name before it; lines of JSON as a sentence and its details. */
export function printLog(name: string, line: string): void {
  if (line.trim() === "") return;
  const colour = name in colours ? colours[name as keyof typeof colours] : "gray";
  console.log(`${styleText(colour, name.padEnd(9))} ${describeLine(line)}`);
}

function describeLine(line: string): string {
  const entry = parse(line);
  if (entry === undefined) return line;
  const level = String(entry.level ?? "");
  const shownLevel = level in levels ? `${styleText(levels[level as keyof typeof levels], level)} ` : "";
  const details = Object.entries(entry)
    .filter(([name]) => !known.has(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const error = entry.err as { message?: string } | undefined;
  return [`${shownLevel}${entry.msg ?? ""}`, error?.message, ...details].filter(Boolean).join("  ");
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "object" && entry !== null ? (entry as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

import { readableLog } from "@customerio-router/service";
import pinoPretty from "pino-pretty";

const describeEntry = pinoPretty.prettyFactory(readableLog);

/** Prints a line of a process's log. Whatever is no log entry is printed unchanged, behind the process's name. */
export function printLog(name: string, line: string): void {
  if (line.trim() === "") return;
  process.stdout.write(isEntry(line) ? describeEntry(line) : `${name}: ${line}\n`);
}

function isEntry(line: string): boolean {
  try {
    const { level, name } = JSON.parse(line) ?? {};
    return typeof level === "string" && typeof name === "string";
  } catch {
    return false;
  }
}

import pinoPretty from "pino-pretty";

/** Colours are used on a terminal only, and never with `NO_COLOR`. An entry's time, level, process, message and fields make one line; its error follows. */
const describeEntry = pinoPretty.prettyFactory({
  singleLine: true,
  translateTime: "SYS:HH:MM:ss.l",
  ignore: "pid,hostname",
});

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

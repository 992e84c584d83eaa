import { type DestinationStream, pino } from "pino";
import type { PrettyOptions } from "pino-pretty";

/** Time, level, process, message and fields on one line, an error below it; in colour on a terminal only, and never with `NO_COLOR`. */
export const readableLog: PrettyOptions = {
  singleLine: true,
  translateTime: "SYS:HH:MM:ss.l",
  ignore: "pid,hostname",
};

/** Where a process logs: readable on a terminal, JSON elsewhere. */
export async function openStandardOutput(): Promise<DestinationStream> {
  if (!process.stdout.isTTY) return pino.destination({ fd: 1, sync: true });
  const { default: pinoPretty } = await import("pino-pretty");
  return pinoPretty({ ...readableLog, destination: 1, sync: true });
}

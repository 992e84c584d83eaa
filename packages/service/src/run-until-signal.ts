import { setTimeout as sleep } from "node:timers/promises";
import { format } from "node:util";
import { createCommand } from "./command-line/create-command.ts";
import { readCommandLine } from "./command-line/read-command-line.ts";
import type { EnvironmentVariableName } from "./environment/environment.ts";
import {
  describeEnvironment,
  type Environment,
  EnvironmentError,
  readEnvironment,
} from "./environment/read-environment.ts";
import { createLogger, type Logger } from "./logger.ts";
import { openStandardOutput } from "./standard-output.ts";
import { StartError } from "./start-error.ts";

/** npm and a terminal both pass on one Ctrl-C; signals this close together are one. */
const sameSignalMs = 1_000;

export type Service<Name extends EnvironmentVariableName, RequiredName extends EnvironmentVariableName> = {
  /** Name of the process in its log, and of its script in package.json. */
  name: string;
  /** What it does, for `--help`: a sentence without its full stop. */
  summary: string;
  /** The arguments of the process, handed over by main.ts. It takes none but `--help` and `--version`. */
  args: string[];
  /** `process.env`, handed over by main.ts. */
  environment: { readonly [name: string]: string | undefined };
  /** The variables the process reads. `LOG_LEVEL` is always read. */
  variables: readonly Name[];
  /** Variables this process cannot do without although others can. */
  required?: readonly RequiredName[];
  /** How long stopping may take; Kubernetes kills after 30 s. */
  graceMs?: number;
  /** Starts everything, and hands each thing it opens to `opened`, which closes the last one first. */
  start: (context: {
    config: Environment<Name | "LOG_LEVEL", RequiredName>;
    logger: Logger;
    opened: AsyncDisposableStack;
    /** Stops the process, which closes what was opened and exits with 1. */
    fail: (error: StartError) => void;
  }) => Promise<void>;
};

/**
 * Runs a service from its environment until SIGTERM or SIGINT: reads the command line and the environment, logs it once (secrets as
 * booleans), starts, waits, closes what was opened. Ends the process: 0 after a clean stop; 1 after a bad
 * command line or environment, a start that failed, an unhandled error, a call of `fail`, or a stop that failed or outlasted `graceMs`. A second
 * Ctrl-C ends at once; a repeated SIGTERM changes nothing, for what is in flight is still being finished.
 */
export async function runUntilSignal<
  const Name extends EnvironmentVariableName,
  const RequiredName extends EnvironmentVariableName = never,
>(service: Service<Name, RequiredName>): Promise<never> {
  const { name, graceMs = 25_000, start } = service;
  // Whatever it writes is its owner's alone.
  process.umask(0o077);
  readCommandLine(describeCommand(service), service.args);
  const config = readOrExit(service);
  const logger = createLogger({ name, level: config.LOG_LEVEL, destination: await openStandardOutput() });
  logConsole(logger);
  process.on("uncaughtException", (error) => {
    logger.fatal({ err: error }, "unhandled error");
    process.exit(1);
  });
  const stop = signalReceived(logger);
  const failed = Promise.withResolvers<never>();
  const opened = new AsyncDisposableStack();
  let exitCode = 0;

  logger.info({ config: describeEnvironment(config) }, "starting");
  try {
    await Promise.race([start({ config, logger, opened, fail: failed.reject }), stop, failed.promise]);
    await Promise.race([stop, failed.promise]);
  } catch (error) {
    if (error instanceof StartError) logger.fatal(error.message);
    else logger.fatal({ err: error }, "could not start");
    exitCode = 1;
  }
  logger.info("stopping");
  if (!(await closed({ opened, graceMs, logger }))) exitCode = 1;
  logger.info({ exitCode }, "stopped");
  process.exit(exitCode);
}

function describeCommand({
  name,
  summary,
  variables,
}: Pick<Service<EnvironmentVariableName, never>, "name" | "summary" | "variables">) {
  return createCommand(`npm run ${name} --`, {
    summary,
    description: "Runs until Ctrl-C or SIGTERM. Its environment alone configures it",
    examples: [`npm run ${name}`, `LOG_LEVEL=debug npm run ${name}`],
    variables: [...variables, "LOG_LEVEL"],
  });
}

function readOrExit<Name extends EnvironmentVariableName, RequiredName extends EnvironmentVariableName>({
  name,
  environment,
  variables,
  required = [],
}: Service<Name, RequiredName>): Environment<Name | "LOG_LEVEL", RequiredName> {
  try {
    return readEnvironment(environment, [...variables, "LOG_LEVEL"], { required });
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    const problems = error.problems.map((problem) => `  ${problem.name} ${problem.problem}`);
    console.error(`${name} cannot start with this environment:\n${problems.join("\n")}`);
    process.exit(1);
  }
}

/** ioredis writes to the console what it will not throw. */
function logConsole(logger: Logger): void {
  const log = (...words: unknown[]) =>
    logger.warn({ wrote: format(...words) }, "a library wrote to the console");
  console.warn = log;
  console.error = log;
}

function signalReceived(logger: Logger): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  const receive = (signal: NodeJS.Signals) => {
    firstAt ??= Date.now();
    if (signal === "SIGINT" && Date.now() - firstAt > sameSignalMs) {
      logger.warn("ended at once by a second Ctrl-C");
      process.exit(1);
    }
    resolve();
  };
  process.on("SIGTERM", receive).on("SIGINT", receive);
  return promise;
}

async function closed({
  opened,
  graceMs,
  logger,
}: {
  opened: AsyncDisposableStack;
  graceMs: number;
  logger: Logger;
}): Promise<boolean> {
  const outlasted = sleep(graceMs, "outlasted" as const);
  try {
    if ((await Promise.race([opened.disposeAsync(), outlasted])) !== "outlasted") return true;
    logger.error({ graceMs }, "stopping took longer than the grace period");
  } catch (error) {
    logger.error({ err: error }, "could not stop cleanly");
  }
  return false;
}

import type { EnvironmentVariableName } from "../environment/environment.ts";
import type { Logger } from "../logger.ts";
import { StartError } from "../start-error.ts";

type PortVariable = Extract<EnvironmentVariableName, `${string}_PORT`>;

type Address = { host: string; port: number };

/** Listens where the environment says, and logs the URL. @throws StartError that names the variable to change */
export async function listen<Name extends PortVariable>(options: {
  config: { HOST: string } & { [Key in Name]: number };
  /** The variable of the port. */
  portFrom: Name;
  /** Gives the URL. */
  start: (address: Address) => Promise<string>;
  logger: Logger;
}): Promise<void> {
  const { config, portFrom, start, logger } = options;
  const address: Address = { host: config.HOST, port: config[portFrom] };
  try {
    logger.info({ url: await start(address) }, "listening");
  } catch (error) {
    const problem = explain((error as NodeJS.ErrnoException).code, address, portFrom);
    throw problem === undefined ? error : new StartError(problem, { cause: error });
  }
}

function explain(
  code: string | undefined,
  { host, port }: Address,
  portFrom: PortVariable,
): string | undefined {
  if (code === "EADDRINUSE")
    return `port ${port} of ${host} is taken: stop what listens there, or set ${portFrom} to another port`;
  if (code === "EACCES")
    return `this user may not listen on port ${port}: set ${portFrom} to another port, such as one above 1023`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `${host} is no address of this machine: set HOST to one, such as 127.0.0.1 or 0.0.0.0`;
  return undefined;
}

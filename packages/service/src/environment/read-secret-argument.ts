import { text } from "node:stream/consumers";

/**
 * The value of an option that is a secret. Everybody on the machine sees a command's arguments, and npm prints them, so that
 * `-` stands for standard input.
 */
export async function readSecretArgument(argument: string | undefined): Promise<string | undefined> {
  return argument === "-" ? (await text(process.stdin)).trim() : argument;
}

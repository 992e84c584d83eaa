import { type Command, CommanderError, type OptionValues } from "@commander-js/extra-typings";

/**
 * The options of a script or app; arguments are in `processedArgs` of the command afterwards. Ends the process: with 0 after `--help` and `--version`, with 1 and one sentence after
 * what is unknown, wrong or too much.
 */
export function readCommandLine<Arguments extends unknown[], Options extends OptionValues>(
  command: Command<Arguments, Options>,
  args: string[],
): Options {
  try {
    return command.parse(args, { from: "user" }).opts();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exit(error.exitCode === 0 ? 0 : 1);
  }
}

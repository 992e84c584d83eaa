/** What the person who typed the command has to correct; told without a stack. */
export class CommandError extends Error {
  override name = "CommandError";
}

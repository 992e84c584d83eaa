/** What a command found or did, for a person and for a machine. */
export type CommandResult = { text: string; json: unknown };

export function printResult({ text, json }: CommandResult, options: { json?: true | undefined }): void {
  console.log(options.json ? JSON.stringify(json, undefined, 2) : text);
}

import { createInterface } from "node:readline/promises";
import { CommandError } from "./command-error.ts";

/** Asks a person, who must type y. @throws CommandError where nobody can answer, and where the answer is no */
export async function confirm(questions: string[]): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new CommandError("it asks before it starts: run it in a terminal, or pass --yes");
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    for (const question of questions) {
      // Ctrl-C and Ctrl-D are a no.
      const answer = await terminal.question(`${question} [y/N] `).catch(() => "");
      if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError("nothing was done");
    }
  } finally {
    terminal.close();
  }
}

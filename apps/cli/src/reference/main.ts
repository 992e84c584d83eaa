// Prints every command as Markdown, from its declaration; `npm run docs` writes that into the README.
import { createProgram } from "../program.ts";
import { formatCommand } from "./format-command.ts";
import { leavesOf } from "./leaves-of.ts";

console.log(
  leavesOf(await createProgram({}))
    .map(formatCommand)
    .join("\n\n"),
);

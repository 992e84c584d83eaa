// Prints every command as Markdown, from its declaration; `npm run docs` writes that into the README.
import { createProgram } from "../program.ts";
import { leavesOf } from "./commands.ts";
import { formatCommand } from "./format-command.ts";

console.log(leavesOf(createProgram({})).map(formatCommand).join("\n\n"));

import { checkChannel } from "@customerio-router/alerts";
import type { Entry } from "../config-file.ts";
import type { ProblemList } from "../problem-list.ts";

/** Checks a channel as a new one: its URL, mail server and the like stand in the file. */
export function checkChannelEntry({ fields, path }: Entry, problems: ProblemList): void {
  const checked = checkChannel(fields);
  for (const { field, message } of checked.ok ? [] : checked.problems) {
    problems.add([...path, ...field.split(".")], message);
  }
}

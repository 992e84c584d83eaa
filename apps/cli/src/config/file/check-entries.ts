import { checkAlertSettings } from "@customerio-router/alerts";
import type { ConfigFile } from "./config-file.ts";
import { checkChannelEntry } from "./entries/channel-entry.ts";
import { checkConnectionEntry } from "./entries/connection-entry.ts";
import { checkSourceEntry } from "./entries/source-entry.ts";
import type { ProblemList } from "./problem-list.ts";

/** Checks each entry by itself. What it leaves out may be stored already. */
export function checkEntries(file: ConfigFile, problems: ProblemList): void {
  const { sources = [], connections = [], alerts } = file;
  const seenKeys = new Set<string>();
  for (const source of sources) checkSourceEntry(source, { problems, seenKeys });
  for (const connection of connections) checkConnectionEntry(connection, problems);
  for (const channel of alerts.channels ?? []) checkChannelEntry(channel, problems);
  const settings = checkAlertSettings(alerts.settings ?? {});
  for (const { field, message } of settings.ok ? [] : settings.problems) {
    problems.add(["alerts", "settings", ...field.split(".")], message);
  }
}

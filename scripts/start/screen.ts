import { join, relative } from "node:path";
import { styleText } from "node:util";
import type { Arrival } from "./arrivals.ts";
import type { Plan, StartConfig } from "./plan.ts";

/** The arrivals as a table. */
export function formatArrivals(arrivals: Arrival[]): string {
  const rows = arrivals.map(({ person, type, name }) => [person, type, name].map(printable));
  const header = ["person", "activity type", "activity name"];
  const widths = header.map((title, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0), title.length),
  );
  const line = (cells: string[]) =>
    `  ${cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("   ")
      .trimEnd()}`;
  return ["", styleText("bold", line(header)), ...rows.map(line), ""].join("\n");
}

/** Names come from anybody: what would steer a terminal is not shown. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "\u{fffd}");
}

/** The last screen: where everything is, and what to try. */
export function describeEverything(options: {
  config: StartConfig;
  plan: Plan;
  writeKey: string;
  loginCode: string;
}): string {
  const { config, plan, writeKey, loginCode } = options;
  const { urls } = plan;
  const passwordIn = config.DASHBOARD_PASSWORD
    ? "DASHBOARD_PASSWORD"
    : relative(process.cwd(), join(config.DATA_DIR, "dashboard-password"));
  const call = JSON.stringify({ userId: "userId123", event: "Clicked Button" });
  return `Everything is running. Press Ctrl-C to stop it.

  ${title("Sandbox")}    ${urls.sandbox}/
             people and their activity, as Customer.io would show them
  ${title("Dashboard")}  ${urls.dashboard}/login?code=${loginCode}
             this link logs you in once, within ten minutes; later, use the password in ${passwordIn}
  ${title("Intake")}     ${urls.intake}
             write key ${writeKey}

Send a call, then reload the sandbox's page:

  curl ${urls.intake}/v1/track -u ${writeKey}: -H 'content-type: application/json' -d '${call}'
`;
}

function title(text: string): string {
  return styleText("bold", text);
}

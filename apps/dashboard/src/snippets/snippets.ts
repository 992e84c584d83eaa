/** A call to try, for a shell. */
export function curlSnippet(writeKey: string, intakeUrl: string): string {
  const call = { userId: "userId123", event: "Clicked Button" };
  return `curl ${intakeUrl}/v1/track -u ${inShell(`${writeKey}:`)} \\\n  -H 'content-type: application/json' \\\n  -d '${JSON.stringify(call)}'`;
}

/** The same call by Segment's SDK. */
export function nodeSnippet(writeKey: string, intakeUrl: string): string {
  return `import { Analytics } from "@segment/analytics-node";

const analytics = new Analytics({
  writeKey: ${JSON.stringify(writeKey)},
  host: ${JSON.stringify(intakeUrl)},
});
analytics.track({ userId: "userId123", event: "Clicked Button" });
await analytics.closeAndFlush();`;
}

function inShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

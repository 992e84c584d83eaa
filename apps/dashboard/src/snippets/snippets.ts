const userId = "userId123";
const traits = { email: "john.doe@example.com" };
const event = "Clicked Button";

/** Who it is, then what they did. */
const calls = [
  { type: "identify", userId, traits },
  { type: "track", userId, event },
];

/** Calls to try, for a shell. */
export function curlSnippet(writeKey: string, intakeUrl: string): string {
  return `curl ${intakeUrl}/v1/batch -u ${inShell(`${writeKey}:`)} \\\n  -H 'content-type: application/json' \\\n  -d '${JSON.stringify({ batch: calls })}'`;
}

/** The same calls by Segment's SDK. */
export function nodeSnippet(writeKey: string, intakeUrl: string): string {
  return `// First: npm install @segment/analytics-node. Save this as send.mjs, then: node send.mjs
import { Analytics } from "@segment/analytics-node";

const analytics = new Analytics({
  writeKey: ${JSON.stringify(writeKey)},
  host: ${JSON.stringify(intakeUrl)},
});
analytics.identify({ userId: "${userId}", traits: { email: "${traits.email}" } });
analytics.track({ userId: "${userId}", event: "${event}" });
await analytics.closeAndFlush();`;
}

/** The same calls by Python's own library. */
export function pythonSnippet(writeKey: string, intakeUrl: string): string {
  return `import base64, json, urllib.request

write_key = ${JSON.stringify(writeKey)}
calls = [
    {"type": "identify", "userId": "${userId}", "traits": {"email": "${traits.email}"}},
    {"type": "track", "userId": "${userId}", "event": "${event}"},
]
request = urllib.request.Request(
    ${JSON.stringify(`${intakeUrl}/v1/batch`)},
    data=json.dumps({"batch": calls}).encode(),
    headers={
        "content-type": "application/json",
        "authorization": "Basic " + base64.b64encode(f"{write_key}:".encode()).decode(),
    },
)
print(urllib.request.urlopen(request, timeout=10).read().decode())`;
}

/** The same calls on a page that has the browser snippet. */
export const pageSnippet = `<script>
  analytics.identify("${userId}", { email: "${traits.email}" });
  analytics.track("${event}");
</script>`;

function inShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

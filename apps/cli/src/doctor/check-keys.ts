import {
  type Connection,
  type ConnectionStore,
  type KeyCheck,
  testConnection,
} from "@customerio-router/connections";
import { type Finding, good, wrong, wrongAsIn } from "./finding.ts";
import { runCheck } from "./run-check.ts";

/** Customer.io answers much earlier. */
const deadlineMs = 5_000;
/** Connections whose keys are checked at the same time. */
const maxAtOnce = 20;

/** Asks Customer.io about each connection's keys and region, as the form does before it saves them. */
export async function checkKeys(context: {
  store: ConnectionStore;
  allowCustomTrackUrl: boolean;
}): Promise<Finding[]> {
  const waiting = await context.store.list();
  const startedAt = performance.now();
  const findings: Finding[] = [];
  async function checkNext(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const connection = next;
      const leftMs = Math.max(0, deadlineMs - (performance.now() - startedAt));
      const check = `Keys of ${connection.name}`;
      findings.push(
        ...(await runCheck(check, leftMs, async () => [
          judge(check, connection, await testConnection(context, connection)),
        ])),
      );
    }
  }
  await Promise.all(Array.from({ length: maxAtOnce }, checkNext));
  return findings;
}

function judge(check: string, { trackUrl }: Connection, reply: KeyCheck): Finding {
  if (reply.ok) return good(check, reply.message);
  const areRefused = reply.field === "apiKey" || reply.field === "siteId";
  if (areRefused) return wrongAsIn(check, { name: "keys-refused", detail: reply.message });
  const asked = trackUrl === undefined ? "Customer.io" : "the custom URL";
  return wrong(check, reply.message, `Check the connection's region and the way from here to ${asked}.`);
}

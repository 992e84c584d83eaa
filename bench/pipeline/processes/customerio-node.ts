import { setTimeout as sleep } from "node:timers/promises";
import { TrackClient } from "customerio-node";
import { writeMessage } from "../message.ts";
import { nowMs } from "../now.ts";

/*
 * Calls customerio-node with 50 requests in flight, without a queue. Writes `measuring` and `measured` as the client does.
 * Arguments: the URL of the destination, the warm-up and the time of measuring in milliseconds.
 */
const [, , destinationUrl = "", warmUpMs = "", measureMs = ""] = process.argv;
const inFlight = 50;
const people = 10_000;
const client = new TrackClient("site", "an-api-key", { url: `${destinationUrl}/api/v1` });
let made = 0;
let ended = false;

async function sendOnAndOn(): Promise<void> {
  while (!ended) {
    const userId = `person-${made % people}`;
    const message = writeMessage({ number: String(made++), userId, sentAtMs: nowMs() });
    const { event, properties } = JSON.parse(message) as { event: string; properties: object };
    await client.track(userId, { name: event, data: properties });
  }
}

const sending = Promise.all(Array.from({ length: inFlight }, sendOnAndOn));
await sleep(Number(warmUpMs));
console.log("measuring");
await sleep(Number(measureMs));
console.log('measured {"acked":0,"refused":0,"ackMs":{}}');
ended = true;
await sending;
// Until it is ended: what it cost is read first.
await sleep(60_000);

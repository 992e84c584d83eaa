import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { post } from "./send.ts";
import { type Link, openSystem } from "./system.ts";

const dayMs = 24 * 60 * 60 * 1_000;
const yearMs = 365 * dayMs;

test("F30 whatever a client's clock says, an event arrives with the time it happened, or came", async () => {
  await using system = await openSystem();
  const [link] = system.links as [Link];
  await system.startIntake();
  await system.startWorker();
  const nowMs = Date.now();
  const iso = (ms: number) => new Date(ms).toISOString();
  /** For each event what its client says, and the time it is to arrive with. */
  const events: { [event: string]: [said: object, expectedMs: number] } = {
    "a year ahead": [{ timestamp: iso(nowMs + yearMs) }, nowMs],
    "a year ahead, and says so by sentAt": [
      { timestamp: iso(nowMs + yearMs - dayMs), sentAt: iso(nowMs + yearMs) },
      nowMs - dayMs,
    ],
    "20 years back": [{ timestamp: iso(nowMs - 20 * yearMs) }, nowMs - 20 * yearMs],
    "20 years back, and says so by sentAt": [
      { timestamp: iso(nowMs - 20 * yearMs - dayMs), sentAt: iso(nowMs - 20 * yearMs) },
      nowMs - dayMs,
    ],
    milliseconds: [{ timestamp: nowMs - dayMs }, nowMs - dayMs],
    seconds: [{ timestamp: Math.floor((nowMs - dayMs) / 1_000) }, nowMs - dayMs],
    "originalTimestamp alone": [{ originalTimestamp: iso(nowMs - dayMs) }, nowMs - dayMs],
    "two seconds slow on its way": [
      { timestamp: iso(nowMs - dayMs), sentAt: iso(nowMs - 2_000) },
      nowMs - dayMs,
    ],
    nonsense: [{ timestamp: "yesterday", sentAt: "now" }, nowMs],
    nothing: [{}, nowMs],
  };
  for (const [event, [said]] of Object.entries(events)) {
    const answer = await post(link, "/v1/track", JSON.stringify({ userId: "u1", event, ...said }));
    expect(answer.status).toBe(200);
  }
  const { arrived } = link.destination;
  await waitFor(() => arrived.length === Object.keys(events).length, { what: "the events" });
  for (const { name = "", timestamp = 0 } of arrived) {
    const [, expectedMs] = events[name] as [object, number];
    // The way here takes its time, where it counts.
    expect(Math.abs(timestamp - expectedMs / 1_000), name).toBeLessThan(30);
  }
});

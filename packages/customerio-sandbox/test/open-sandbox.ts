import { onTestFinished } from "vitest";
import {
  type ActivityView,
  createSandbox,
  defaultKeys,
  type PersonView,
  type Sandbox,
  type SandboxOptions,
} from "../src/index.ts";

export type Answer = { status: number; headers: Headers; text: string; json: unknown };

/** A sandbox on a free port for the length of one test, and ways to talk to it. */
export async function openSandbox(options: SandboxOptions = {}) {
  const sandbox: Sandbox = await createSandbox(options);
  onTestFinished(() => sandbox.close());
  const url = await sandbox.start();

  async function send(method: string, path: string, body?: unknown, headers = {}): Promise<Answer> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await fetch(url + path, {
      method,
      redirect: "manual",
      headers: { authorization: basic(defaultKeys), "content-type": "application/json", ...headers },
      ...(text !== undefined && { body: text }),
    });
    const received = await answer.text();
    return { status: answer.status, headers: answer.headers, text: received, json: parse(received) };
  }

  return {
    sandbox,
    url,
    send,
    batch: (...operations: unknown[]) => send("POST", "/api/v2/batch", { batch: operations }),
    entity: (operation: unknown) => send("POST", "/api/v2/entity", operation),
    get: (path: string) => send("GET", path),
    setFaults: (...faults: unknown[]) => send("PUT", "/api/faults", { faults }),
    async person(id: string): Promise<PersonView | undefined> {
      const { status, json } = await send("GET", `/api/people/${encodeURIComponent(id)}`);
      return status === 200 ? (json as PersonView) : undefined;
    },
    /** Oldest first. */
    async activity(query = ""): Promise<ActivityView[]> {
      const { json } = await send("GET", `/api/activity?order=oldest&${query}`);
      return (json as { activity: ActivityView[] }).activity;
    },
    async people(): Promise<PersonView[]> {
      const { json } = await send("GET", "/api/people");
      return (json as { people: PersonView[] }).people;
    },
  };
}

export function basic({ siteId, apiKey }: { siteId: string; apiKey: string }): string {
  return `Basic ${Buffer.from(`${siteId}:${apiKey}`).toString("base64")}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

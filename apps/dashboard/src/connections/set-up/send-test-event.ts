/** The person of test events, whom nobody takes for a real one. */
export const testPerson = "customerio-router-test";

/** The name of test events, which no campaign and no code of a person's has. */
export const testEvent = "customerio-router Test Event";

const timeoutMs = 5_000;

type Target = {
  /** Where this dashboard reaches the intake. */
  intakeUrl: string;
  writeKey: string;
  messageId: string;
};

/** Sends one event to the intake as a sender does. @returns why the intake does not have it; `undefined`: it does */
export async function sendTestEvent({ intakeUrl, writeKey, messageId }: Target): Promise<string | undefined> {
  const url = `${intakeUrl.replace(/\/+$/, "")}/v1/track`;
  const call = {
    messageId,
    userId: testPerson,
    event: testEvent,
    properties: { sentBy: "customerio-router's dashboard" },
  };
  try {
    const reply = await fetch(url, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`${writeKey}:`).toString("base64")}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(call),
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await reply.text();
    const answer = readAnswer(text);
    if (reply.ok && answer?.success === true) return undefined;
    if (answer?.error?.message === undefined)
      return `What answers at ${url} is not the intake (status ${reply.status}). ${correctAddress}`;
    return `The intake refused the event (${reply.status}): ${answer.error.message}`;
  } catch (error) {
    return `No intake answered at ${url} (${codeOf(error)}). ${correctAddress}`;
  }
}

const correctAddress =
  "Start the intake, or set `INTAKE_INTERNAL_URL` to the address at which this dashboard reaches it, and restart the dashboard.";

type Answer = { success?: unknown; error?: { message?: string } };

function readAnswer(text: string): Answer | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null ? json : undefined;
  } catch {
    // Whatever answers without JSON is not the intake, which the caller says.
    return undefined;
  }
}

function codeOf(error: unknown): string {
  const { name, cause } = error as Error;
  if (name === "TimeoutError") return `no answer within ${timeoutMs / 1_000} s`;
  return (cause as { code?: string } | undefined)?.code ?? "no connection";
}

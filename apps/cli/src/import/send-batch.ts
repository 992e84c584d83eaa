import { setTimeout as sleep } from "node:timers/promises";
import { valueAt } from "@customerio-router/messages";
import { sourcePaused } from "@customerio-router/reports";
import { CommandError } from "../command-error.ts";
import type { ImportedCall, RefusedLine } from "./read-call.ts";

/** What the intake said of a batch: the calls it refused, and how many of the others it knew, or may know. */
export type Answered = { refused: RefusedLine[]; known: number; unchecked: number };

export type Sender = {
  /**
   * Resolves when the intake has taken the calls, with what it said of them; tries again for as long as it takes.
   * @throws CommandError when trying again cannot help; the signal's reason when that is aborted
   */
  send(calls: ImportedCall[]): Promise<Answered>;
};

const answerWithinMs = 30_000;
const longestWaitMs = 30_000;
const longestRetryAfterSeconds = 300;

export function createSender(options: {
  intakeUrl: string;
  writeKey: string;
  signal: AbortSignal;
  /** Hears for how long nothing will be sent, and why. */
  onWait: (waitMs: number, why: string) => void;
}): Sender {
  const { intakeUrl, writeKey, signal, onWait } = options;
  const headers = {
    authorization: `Basic ${Buffer.from(`${writeKey}:`).toString("base64")}`,
    "content-type": "application/json",
  };
  let hasBeenAnswered = false;

  async function post(body: string): Promise<Response | Error> {
    try {
      const answer = await fetch(`${intakeUrl}/v1/import`, {
        method: "POST",
        headers,
        body,
        redirect: "error",
        signal: AbortSignal.timeout(answerWithinMs),
      });
      hasBeenAnswered = true;
      return answer;
    } catch (error) {
      const reason =
        (error as Error).cause instanceof Error ? (error as { cause: Error }).cause : (error as Error);
      if (hasBeenAnswered) return reason;
      throw new CommandError(`no intake answers at ${intakeUrl}: ${describeFailure(reason)}`);
    }
  }

  return {
    async send(calls) {
      const body = `{"batch":[${calls.map(({ json }) => json).join(",")}]}`;
      for (let tries = 0; ; tries++) {
        signal.throwIfAborted();
        const answer = await post(body);
        if (answer instanceof Response && answer.ok) {
          const taken = (await answer.json()) as Answer;
          if (taken.dropped !== undefined) throw new CommandError(explainDropped(taken.dropped));
          return readAnswer(taken, calls);
        }
        if (answer instanceof Response && answer.status < 500 && answer.status !== 429) {
          throw new CommandError(await describeRefusal(answer));
        }
        const waitMs = askedWaitMs(answer) ?? Math.min(1_000 * 2 ** tries, longestWaitMs);
        onWait(waitMs, answer instanceof Response ? `it answered ${answer.status}` : answer.message);
        if (answer instanceof Response) await answer.body?.cancel();
        await sleep(waitMs, undefined, { signal });
      }
    },
  };
}

function describeFailure(reason: Error): string {
  if ("code" in reason && reason.code === "ERR_SSL_WRONG_VERSION_NUMBER")
    return "there is no TLS on this port; is it http:// that is meant?";
  return reason.message || reason.name;
}

function askedWaitMs(answer: Response | Error): number | undefined {
  const seconds =
    answer instanceof Response ? Number(answer.headers.get("retry-after") ?? Number.NaN) : Number.NaN;
  return seconds >= 0 ? Math.min(seconds, longestRetryAfterSeconds) * 1_000 : undefined;
}

async function describeRefusal(answer: Response): Promise<string> {
  const body: unknown = await answer.json().catch(() => undefined);
  const message = valueAt(valueAt(body, "error"), "message");
  return typeof message === "string"
    ? `the intake answers ${answer.status}: ${message}`
    : `what answers ${answer.status} at ${answer.url} is no intake`;
}

type Answer = {
  rejected?: { index: number; reason: string; field?: string }[];
  /** An intake of an earlier version does not say. */
  known?: number;
  unchecked?: number;
  dropped?: string;
};

function explainDropped(reason: string): string {
  const why =
    reason === sourcePaused
      ? "the source is paused: resume it"
      : "the source feeds no connection: choose one";
  return `the intake keeps nothing, as ${why}, then run the same command again`;
}

function readAnswer(answer: Answer, calls: ImportedCall[]): Answered {
  const { rejected = [], known = 0, unchecked = calls.length - rejected.length } = answer;
  const refused = rejected.map(({ index, reason, field = "" }) => ({
    line: calls[index]?.line ?? 0,
    reason,
    field,
    message: "The intake rejected it.",
    text: calls[index]?.text ?? "",
  }));
  return { refused, known, unchecked };
}

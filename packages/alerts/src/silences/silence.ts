import { describeProblems, onePerField } from "@customerio-router/connections";
import { z } from "zod";
import { type AlertCondition, alertConditions } from "../conditions/alert-conditions.ts";
import type { FoundAlert } from "../conditions/found-alert.ts";
import type { Checked } from "../problem.ts";

/** Until when nothing is told, and why. */
export type Pause = { untilMs: number; note: string };

/** A pause for a condition, a connection, or one condition of one connection. */
export type Silence = Pause & { id: string; condition?: AlertCondition; connection?: string };

const maxNoteLength = 200;

const pauseFields = {
  until: z.iso.datetime({ offset: true, error: "Enter a time as ISO 8601, such as 2026-11-30T06:00:00Z." }),
  note: z
    .string("The note must be text.")
    .trim()
    .max(maxNoteLength, `The note is longer than ${maxNoteLength} characters.`)
    .regex(/^\P{Cc}*$/u, "The note contains control characters.")
    .default(""),
};

const pause = z.strictObject(pauseFields);

const silence = z.strictObject({
  ...pauseFields,
  condition: z.enum(alertConditions, "There is no such condition.").optional(),
  connection: z.string("Enter the id of a connection.").min(1, "Enter the id of a connection.").optional(),
});

export function checkPause(value: unknown, nowMs = Date.now()): Checked<Pause> {
  const result = pause.safeParse(value);
  if (!result.success) return { ok: false, problems: onePerField(describeProblems(result.error)) };
  return inFuture({ note: result.data.note, untilMs: Date.parse(result.data.until) }, nowMs);
}

export function checkSilence(value: unknown, nowMs = Date.now()): Checked<Omit<Silence, "id">> {
  const result = silence.safeParse(value);
  if (!result.success) return { ok: false, problems: onePerField(describeProblems(result.error)) };
  const { until, note, condition, connection } = result.data;
  if (condition === undefined && connection === undefined) {
    const message = "Name a condition, a connection, or both; to silence everything, pause the alerts.";
    return { ok: false, problems: [{ field: "condition", message }] };
  }
  return inFuture(
    {
      untilMs: Date.parse(until),
      note,
      ...(condition !== undefined && { condition }),
      ...(connection !== undefined && { connection }),
    },
    nowMs,
  );
}

function inFuture<Value extends Pause>(value: Value, nowMs: number): Checked<Value> {
  if (value.untilMs > nowMs) return { ok: true, value };
  return { ok: false, problems: [{ field: "until", message: "The time is over already." }] };
}

type Muting = { silences: readonly Silence[]; pause: Pause | undefined };

/** Whether an alert is not to be told at the moment. */
export function isMuted(
  { silences, pause }: Muting,
  { condition, subject }: Pick<FoundAlert, "condition" | "subject">,
  nowMs: number,
): boolean {
  if (pause !== undefined && pause.untilMs > nowMs) return true;
  return silences.some(
    (silence) =>
      silence.untilMs > nowMs &&
      (silence.condition === undefined || silence.condition === condition) &&
      (silence.connection === undefined || silence.connection === subject?.id),
  );
}

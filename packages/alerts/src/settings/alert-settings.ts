import { describeProblems, onePerField } from "@customerio-router/connections";
import { isPlainUrl } from "@customerio-router/service";
import { z } from "zod";
import { alertConditions } from "../conditions/alert-conditions.ts";
import type { Checked } from "../problem.ts";

const minute = 60_000;
const hour = 60 * minute;

/** A whole number of milliseconds, with what it is for and why it has its default. */
const time = (options: { min: number; max: number; standard: number; description: string }) =>
  z
    .int(`Enter a whole number of milliseconds.`)
    .min(options.min, `Enter at least ${options.min} ms.`)
    .max(options.max, `Enter at most ${options.max} ms.`)
    .default(options.standard)
    .describe(options.description);

/** The thresholds of the conditions. All connections share them. */
export const alertSettings = z.strictObject({
  dashboardUrl: z
    .url({ protocol: /^https?$/, error: "The dashboard's URL must begin with http:// or https://." })
    .refine(isPlainUrl, "The dashboard's URL must not contain a user, a password, `?` or `#`.")
    .transform((url) => url.replace(/\/+$/, ""))
    .nullable()
    .default(null)
    .describe("Public URL of the dashboard, for the links in alerts; without it they name the page alone"),
  holdMs: time({
    min: 1_000,
    max: hour,
    standard: 10_000,
    description:
      "A condition must hold for this long before it is told, and be gone for this long before it is over. What returns within an hour must be gone for twice as long each time, at most 10 minutes. The default outlasts a change of workers, which takes 4 s",
  }),
  retryingMs: time({
    min: 1_000,
    max: 24 * hour,
    standard: 5 * minute,
    description:
      "A connection is told of once it has retried for this long. Customer.io is often away for a minute",
  }),
  oldestWaitingMs: time({
    min: 1_000,
    max: 7 * 24 * hour,
    standard: 15 * minute,
    description: "Age of the oldest waiting message of a connection beyond which it is told of",
  }),
  rejectedPercent: z
    .number("Enter a number.")
    .min(0.1, "Enter at least 0.1.")
    .max(100, "Enter at most 100.")
    .default(5)
    .describe(
      "Share of rejected messages in percent, of at least 20 settled within the last hour, beyond which a connection is told of",
    ),
  deliveredWithinMs: time({
    min: 1_000,
    max: 24 * hour,
    standard: 5 * minute,
    description:
      "Objective for the time from receipt to delivery. A connection is told of when more than 5 % of at least 20 messages of the last hour took longer",
  }),
  quietMs: time({
    min: 10 * minute,
    max: 24 * hour,
    standard: hour,
    description:
      "A connection is told of when it received nothing for this long, though at least 10 messages came in the same time of day on 5 of the last 7 days",
  }),
  off: z
    .array(z.enum(alertConditions, "There is no such condition."))
    .default([])
    .describe("Conditions that are never told"),
});

export type AlertSettings = z.output<typeof alertSettings>;

export const defaultAlertSettings: AlertSettings = alertSettings.parse({});

/** What is left out has its default. */
export function checkAlertSettings(value: unknown): Checked<AlertSettings> {
  const result = alertSettings.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, problems: onePerField(describeProblems(result.error)) };
}

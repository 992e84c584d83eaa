import { customerioLimits } from "@customerio-router/customerio";
import { z } from "zod";

/** The settings of a connection that the mapping reads, with their defaults. Unknown keys are refused: they are typos. */
export const mappingSettings = z.strictObject({
  identifyBy: z
    .enum(["id-or-email", "id"])
    .default("id-or-email")
    .describe(
      "`id` for a workspace that identifies people by id alone: an email address is then an id or a trait, never an identifier of its own",
    ),
  anonymousEvents: z
    .enum(["skip", "send"])
    .default("skip")
    .describe(
      "`skip` leaves out events without a user. `send` sends them under `anonymous_id`, and adds `anonymous_id` to identify calls so that Customer.io can merge them",
    ),
  maxTraitsPerIdentify: z
    .int()
    .min(1)
    .max(customerioLimits.attributesPerCall)
    .default(30)
    .describe(
      `Number of traits per identify operation, 1 to ${customerioLimits.attributesPerCall}; more are sent as several operations`,
    ),
  convertDates: z
    .boolean()
    .default(true)
    .describe("Converts ISO 8601 dates in traits and properties to Unix seconds"),
  semanticEvents: z
    .boolean()
    .default(true)
    .describe("Translates reserved event names into operations on devices, people, objects and deliveries"),
  consentCategories: z
    .array(z.string().trim().min(1).max(100))
    .max(50)
    .default([])
    .describe(
      "Consent categories that this connection requires, at most 50: a call with `false` for any of them in `context.consent.categoryPreferences` is skipped",
    ),
  destructiveEvents: z
    .boolean()
    .default(false)
    .describe(
      "Lets `User Deleted`, `User Suppressed`, `User Unsuppressed`, `Object Deleted` and a group call's action `delete` take effect. When off, these events are sent as plain events, and the group call is skipped",
    ),
});

export type MappingSettings = z.infer<typeof mappingSettings>;

/** What the mapping needs to know of the connection a call came by. */
export type MappingConnection = MappingSettings & {
  /** Part of what an event's id is made from: one message to two connections is two events. */
  connectionId: string;
};

import { customerioLimits } from "@customerio-router/customerio";
import { z } from "zod";

/** The settings of a connection that the mapping reads, with their defaults. Unknown keys are refused: they are typos. */
export const mappingSettings = z.strictObject({
  identifyBy: z
    .enum(["id-or-email", "id"])
    .default("id-or-email")
    .describe(
      "`id`: the workspace knows people by id alone, so that an email address is only ever an id or a trait",
    ),
  anonymousEvents: z
    .enum(["skip", "send"])
    .default("skip")
    .describe(
      "`send`: events without a user go out under `anonymous_id`, and identify calls carry `anonymous_id` so that Customer.io can merge them",
    ),
  maxTraitsPerIdentify: z
    .int()
    .min(1)
    .max(customerioLimits.attributesPerCall)
    .default(30)
    .describe(
      `Traits of one identify operation, 1 to ${customerioLimits.attributesPerCall}; more go out as several operations`,
    ),
  convertDates: z
    .boolean()
    .default(true)
    .describe("ISO 8601 strings in traits and properties become Unix seconds"),
  semanticEvents: z
    .boolean()
    .default(true)
    .describe("The reserved event names become device, person, object and delivery operations"),
  consentCategories: z
    .array(z.string().trim().min(1).max(100))
    .max(50)
    .default([])
    .describe(
      "Consent categories this connection needs: a call whose `context.consent.categoryPreferences` says `false` to any of them is skipped",
    ),
  destructiveEvents: z
    .boolean()
    .default(false)
    .describe(
      "`User Deleted`, `User Suppressed`, `User Unsuppressed`, `Object Deleted` and a group call's action `delete` act; otherwise the events go out as plain ones, and the group call is skipped",
    ),
});

export type MappingSettings = z.infer<typeof mappingSettings>;

/** What the mapping needs to know of the connection a call came by. */
export type MappingConnection = MappingSettings & {
  /** Part of what an event's id is made from: one message to two connections is two events. */
  connectionId: string;
};

import { customerioLimits } from "@customerio-router/customerio";
import { z } from "zod";

/** The settings of a connection that the mapping reads, with their defaults. Unknown keys are refused as typos. */
export const mappingSettings = z.strictObject({
  identifyBy: z
    .enum(["id-or-email", "id"])
    .default("id-or-email")
    .describe(
      "`id` is for a workspace that identifies people only by id: an email address is then an id or a trait, never an identifier. The default is for workspaces that identify people by id or email",
    ),
  anonymousEvents: z
    .enum(["skip", "send"])
    .default("skip")
    .describe(
      "`skip` drops events without a user. `send` sends them with an `anonymous_id`, and adds it to identify calls so that Customer.io can merge them. The default sends only what belongs to a known person",
    ),
  maxTraitsPerIdentify: z
    .int()
    .min(1)
    .max(customerioLimits.attributesPerCall)
    .default(30)
    .describe(
      `Number of traits per identify operation, 1 to ${customerioLimits.attributesPerCall}; more are sent as several operations. A tenth of Customer.io's limit keeps each operation small`,
    ),
  convertDates: z
    .boolean()
    .default(true)
    .describe(
      "Converts ISO 8601 dates in traits and properties to Unix seconds, which Customer.io needs to compare dates",
    ),
  semanticEvents: z
    .boolean()
    .default(true)
    .describe(
      "Translates reserved event names into operations on devices, people, objects and deliveries, as Customer.io does with such events",
    ),
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
      "Lets `User Deleted`, `User Suppressed`, `User Unsuppressed`, `Object Deleted` and a group call's action `delete` take effect when a `server` source sends them. When off, the default because a web page's write key is public, and from other sources, these events are sent as plain events, and the group call is skipped",
    ),
  aliasFromClients: z
    .boolean()
    .default(true)
    .describe(
      "When off, alias calls of `browser` and `mobile` sources are skipped: with a web page's write key, which is public, a stranger could merge two people. The default lets SDKs merge an anonymous visitor's history after a login",
    ),
});

export type MappingSettings = z.infer<typeof mappingSettings>;

/** The connection of a call, as the mapping needs it. */
export type MappingConnection = MappingSettings & {
  /** Part of the hash in an event's id: one message sent to two connections is two events. */
  connectionId: string;
  /** The kind of source that the call came from. Left out: a server. */
  sourceKind?: "browser" | "server" | "mobile" | undefined;
};

/** Whether the call's sender can keep its write key secret. */
export function isFromServer({ sourceKind = "server" }: MappingConnection): boolean {
  return sourceKind === "server";
}

/** Whether the call may delete or suppress. */
export function mayDestroy(connection: MappingConnection): boolean {
  return connection.destructiveEvents && isFromServer(connection);
}

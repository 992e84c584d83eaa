import { z } from "zod";
import type { CallType } from "./call.ts";

/**
 * The calls as callers are told to send them, for API documents (`z.toJSONSchema`). `validateMessage` takes whatever these
 * describe, and more: it forgives what SDKs get wrong.
 */

const id = z.union([z.string(), z.number()]).nullish();
const time = z.union([z.string(), z.number()]).nullish();
const data = z.record(z.string(), z.json()).nullish();

const common = {
  messageId: z
    .string()
    .nullish()
    .describe("The same each time the message is sent; a message without one gets a random one"),
  userId: id.describe("Who did it: an id, an email address or `cio_<id given by Customer.io>`"),
  anonymousId: id.describe("Who did it, before they have a `userId`"),
  timestamp: time.describe("When it happened, by the client's clock: ISO 8601, or Unix time"),
  originalTimestamp: time.describe("Another name for `timestamp`"),
  sentAt: time.describe("When the request was sent, by the client's clock; corrects that clock's error"),
  context: data.describe("Circumstances of the call: `traits`, `page`, `device`, `app`, `os`, `groupId`"),
  integrations: data.describe('`{ "Customer.io": false }` excludes Customer.io'),
};

const traits = data.describe("Attributes; `null` removes one");
const properties = data.describe("Properties of the event");
const name = z.string().nullish();

export const callSchemas = {
  identify: z.looseObject({ type: z.literal("identify"), ...common, traits }),
  track: z.looseObject({
    type: z.literal("track"),
    ...common,
    event: z.string().regex(/\S/).describe("The event's name"),
    properties,
  }),
  page: z.looseObject({ type: z.literal("page"), ...common, name, properties }),
  screen: z.looseObject({ type: z.literal("screen"), ...common, name, properties }),
  group: z.looseObject({
    type: z.literal("group"),
    ...common,
    groupId: z.union([z.string().regex(/\S/), z.number()]).describe("The group's id"),
    traits,
  }),
  alias: z.looseObject({
    type: z.literal("alias"),
    ...common,
    userId: z.union([z.string().regex(/\S/), z.number()]).describe("The person who remains"),
    previousId: z
      .union([z.string().regex(/\S/), z.number()])
      .describe("The person who is merged into `userId`"),
  }),
} as const satisfies Record<CallType, z.ZodType>;

/** Any call, told apart by its type: an item of a batch. */
export const anyCallSchema = z.discriminatedUnion("type", [
  callSchemas.identify,
  callSchemas.track,
  callSchemas.page,
  callSchemas.screen,
  callSchemas.group,
  callSchemas.alias,
]);

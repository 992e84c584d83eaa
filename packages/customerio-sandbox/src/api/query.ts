import { z } from "zod";

const number = z
  .string()
  .regex(/^\d{1,15}$/, "must be a whole number")
  .transform(Number);

/** The query of a list: `limit` entries from the one after number `after`. */
export const pageQuery = z.object({
  limit: number.refine((limit) => limit >= 1 && limit <= 10_000, "must be from 1 to 10000").default(1_000),
  after: number.optional(),
});

export const orderedQuery = pageQuery.extend({ order: z.enum(["oldest", "newest"]).optional() });

export const activityQuery = orderedQuery.extend({
  person: z.string().optional(),
  type: z.string().optional(),
  name: z.string().optional(),
});

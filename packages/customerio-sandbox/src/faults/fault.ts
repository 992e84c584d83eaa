import { z } from "zod";

const whole = z.int().min(0);

/** What a fault may do instead of the usual answer; one at most. */
const kinds = ["status", "drop", "trickle", "refuse", "redirect", "unpackBytes"] as const;

/** One way to misbehave, for the requests it matches. */
const faultSchema = z
  .strictObject({
    // Which requests. Each of these that is given must match.
    method: z.enum(["GET", "POST", "PUT", "DELETE"]).optional(),
    /** The beginning of the path: `/api/v2/`. */
    path: z.string().startsWith("/").optional(),
    /** Requests with an operation of one of these names. */
    names: z.array(z.string()).min(1).optional(),
    /** Requests with an operation of somebody with one of these as `id`, `email`, `cio_id`, ... */
    persons: z.array(z.string()).min(1).optional(),
    /** Lets that many of them pass first. */
    skip: whole.default(0),
    /** Evenly spread: 0.25 is every fourth. */
    share: z.number().gt(0).max(1).default(1),
    /** Ends after so many; without it, never. */
    count: whole.min(1).optional(),

    // What happens to them.
    /** Waits before anything else. */
    latencyMs: whole.max(600_000).optional(),
    status: z.int().min(200).max(599).optional(),
    headers: z.record(z.string().regex(/^[\w-]+$/), z.string().regex(/^[\t\x20-\x7e]*$/)).optional(),
    /** A string is sent as it is, anything else as JSON. */
    body: z.json().optional(),
    /** Ends the connection without an answer, or in the middle of one. */
    drop: z.enum(["before", "midway"]).optional(),
    /** The usual answer, padded with blanks to `bytes`, one byte every `everyMs`. */
    trickle: z
      .strictObject({ bytes: whole.min(1).max(1_000_000), everyMs: whole.min(1).max(60_000) })
      .optional(),
    /** Refuses the operations with these names and of these persons (all, without either) and takes the others. */
    refuse: z
      .strictObject({
        reason: z.string().default("invalid_value"),
        field: z.string().default("name"),
        message: z.string().default("The sandbox was told to refuse this"),
      })
      .optional(),
    /** Where to, with status 302 unless `status` says otherwise. */
    redirect: z.url().optional(),
    /** A gzip answer of a few kilobytes that unpacks to so many bytes. */
    unpackBytes: whole.min(1).max(1_000_000_000).optional(),
    /** Whether the operations count as taken nevertheless. By default they do where the client may think so. */
    apply: z.boolean().optional(),
  })
  .superRefine((fault, context) => {
    const given = kinds.filter((kind) => fault[kind] !== undefined);
    const isRedirect = given.length === 2 && given.includes("status") && given.includes("redirect");
    if (given.length > 1 && !isRedirect) problem(`has ${given.join(" and ")}: one at a time`);
    if (given.length === 0 && fault.latencyMs === undefined)
      problem(`needs latencyMs or one of ${kinds.join(", ")}`);
    for (const field of ["headers", "body"] as const) {
      if (fault[field] !== undefined && fault.status === undefined) problem(`has ${field} without status`);
    }
    function problem(message: string): void {
      context.addIssue({ code: "custom", message });
    }
  });

export type Fault = z.output<typeof faultSchema>;

export const faultsSchema = z.strictObject({ faults: z.array(faultSchema).max(100) });

export type FaultsInput = z.input<typeof faultsSchema>;

/** Every problem of a body that is not `{ faults: [...] }`, as a sentence: `faults.0.share: ...`. */
export function describeFaultProblems(error: z.ZodError): string[] {
  return error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
}

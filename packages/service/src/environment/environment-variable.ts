import type { z } from "zod";

/** One environment variable: how it is read, and what README says of it. */
export type EnvironmentVariable = {
  /** One line for README's table. */
  description: string;
  /** The text that stands in for a variable that is unset or empty. */
  default?: string;
  /** True when whoever reads the variable cannot do without it. */
  required?: true;
  /** Ends the sentence "<name> is missing: "; without it, the description follows. */
  whenMissing?: string;
  /** True when the value is never shown: logs say only whether it is set, problems never quote it. */
  secret?: true;
  /** From the text to the typed value. Messages end the sentence that begins with the variable's name. */
  schema: z.ZodType<unknown, string>;
};

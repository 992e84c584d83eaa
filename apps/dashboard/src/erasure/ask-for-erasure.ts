import { allConnections, type Erasure, PersonError, requestErasure } from "@customerio-router/connections";
import type { ErasureContext } from "./erasure-context.ts";

export type ErasureForm = { person: string; connection: string; suppress: boolean };

/** What is wrong with what was asked for, by field. It does not repeat the person. */
export type ErasureProblem = { field: "person" | "connection"; message: string };

export async function askForErasure(
  { redis, store, secretKey }: ErasureContext,
  { person, connection, suppress }: ErasureForm,
): Promise<Erasure | { problem: ErasureProblem }> {
  const refuse = (field: ErasureProblem["field"], message: string) => ({ problem: { field, message } });
  if (secretKey === undefined) return refuse("person", "The dashboard has no SECRET_KEY: set it first");
  const existing = (await store.list()).map(({ id }) => id);
  if (connection !== allConnections && !existing.includes(connection)) {
    return refuse("connection", "There is no such connection: give its id, or all");
  }
  try {
    return await requestErasure({ redis, secretKey, person, connection, existing, suppress });
  } catch (error) {
    if (error instanceof PersonError) return refuse("person", error.message);
    throw error;
  }
}

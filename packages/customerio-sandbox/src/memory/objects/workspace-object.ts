import type { Person } from "../people/person.ts";

/** Customer.io's "object": a company, a course, anything people are related to. */
export type WorkspaceObject = {
  readonly cioObjectId: string;
  readonly typeId: string;
  readonly id: string;
  readonly attributes: Map<string, unknown>;
  readonly people: Set<Person>;
};

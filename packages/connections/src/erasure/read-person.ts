import { isEmail, normalizePerson } from "@customerio-router/messages";

const kinds = ["id", "email", "anonymous_id", "cio_id"];

/** What was given names nobody. Its message does not repeat it. */
export class PersonError extends Error {
  override name = "PersonError";
}

/**
 * The keys that a person typed: `id:42`, `email:ada@example.com`, `anonymous_id:x`; without a prefix an email address is an
 * email and an id, and anything else is an id.
 * @throws PersonError
 */
export function readPerson(text: string): string[] {
  const person = text.trim();
  const colon = person.indexOf(":");
  const kind = person.slice(0, Math.max(0, colon));
  if (kinds.includes(kind)) {
    const value = person.slice(colon + 1).trim();
    if (value === "") throw new PersonError(`Nothing stands behind ${kind}: give the person's ${kind}`);
    if (kind === "email" && !isEmail(value)) throw new PersonError("This is not an email address");
    return [normalizePerson(`${kind}:${value}`)];
  }
  if (person === "") throw new PersonError("Give the person's id or email address");
  return isEmail(person) ? [normalizePerson(`email:${person}`), `id:${person}`] : [`id:${person}`];
}

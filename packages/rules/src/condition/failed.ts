/** Why a condition could not be evaluated on a message: a value instead of an exception, which would cost 50 times as much. */
export class Failed {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export const readsTooMuch = new Failed(
  "The conditions read too much of this message: shorten its lists and texts, or the rules that search them.",
);

/** @param what the operator or function, in backquotes */
export function failedFor(what: string, needs: string, value: unknown): Failed {
  return new Failed(`${what} needs ${needs}, and got ${kindOf(value)}.`);
}

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "text";
    case "bigint":
      return "an integer";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    default:
      return "an object";
  }
}

import { valueAt } from "@customerio-router/messages";
import { warnings as known, type WarningCode } from "./catalogue.ts";
import { type Warning, warning } from "./map-result.ts";

/** The warnings an entry carries, with their sentences; what else it holds is passed over, since people edit jobs. */
export function notedWarnings(noted: unknown): Warning[] {
  if (!Array.isArray(noted)) return [];
  return noted.flatMap((each) => {
    const code = valueAt(each, "code");
    const field = valueAt(each, "field");
    const isKnown = typeof code === "string" && Object.hasOwn(known, code) && typeof field === "string";
    return isKnown ? [warning(code as WarningCode, field)] : [];
  });
}

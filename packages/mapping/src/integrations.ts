import { isObject, valueAt } from "@customerio-router/messages";

/** The names callers know this destination by, without case and punctuation; `device` and `cloud` are Segment's modes. */
const ourNames = /^(?:device|cloud)?(?:customerioactions|actionscustomerio|customerio)(?:device|cloud)?$/;
const punctuation = /[\s.\-_()[\]{}]/g;
/** Far longer than any spelling of the name. */
const longestName = 100;

function isOurs(name: string): boolean {
  return name.length <= longestName && ourNames.test(name.toLowerCase().replace(punctuation, ""));
}

/** The field by which a call keeps itself from Customer.io; undefined for a call that may go there. */
export function findOptOut(call: unknown): string | undefined {
  const integrations = valueAt(call, "integrations");
  if (!isObject(integrations)) return undefined;
  const ours = Object.keys(integrations).filter(isOurs);
  const refusal = ours.find((name) => integrations[name] === false);
  if (refusal !== undefined) return `integrations.${refusal}`;
  const all = ["All", "all"].find((name) => integrations[name] === false);
  const isWanted = ours.some((name) => integrations[name] === true || isObject(integrations[name]));
  return all === undefined || isWanted ? undefined : `integrations.${all}`;
}

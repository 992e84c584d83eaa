import type { Archive } from "@customerio-router/archive";
import { isObject, valueAt } from "@customerio-router/messages";
import type { ReplayFilter } from "@customerio-router/queue";

/** What Customer.io got of a connection before, as its archive tells it. */
export type DeliveredBefore = {
  /** Its event ids. */
  has(ulid: string): boolean;
  /** The newest time, in Unix seconds, of an attribute of a person; `undefined` where none was sent. */
  newest(person: string, attribute: string): number | undefined;
  /** All of it was read. */
  isComplete: boolean;
};

export const nothingDelivered: DeliveredBefore = {
  has: () => false,
  newest: () => undefined,
  isComplete: false,
};

/**
 * Reads the connection's delivered messages from the filter's first time on. Its end does not bound them: a newer attribute
 * came later.
 */
export async function readDelivered(
  archive: Pick<Archive, "readAll">,
  connectionId: string,
  { fromMs, person }: ReplayFilter,
  mayGoOn: () => boolean,
): Promise<DeliveredBefore> {
  const ulids = new Set<string>();
  const times = new Map<string, number>();
  let isComplete = true;
  for await (const { line } of archive.readAll(connectionId, { fromMs, person, outcome: "delivered" })) {
    if (!mayGoOn()) {
      isComplete = false;
      break;
    }
    for (const ulid of line.ulids) ulids.add(ulid);
    for (const operation of line.operations) {
      const update = attributeUpdate(operation);
      if (update === undefined) continue;
      for (const attribute of update.attributes) {
        const key = `${update.person}\0${attribute}`;
        times.set(key, Math.max(times.get(key) ?? 0, update.timestamp));
      }
    }
  }
  return {
    has: (ulid) => ulids.has(ulid),
    newest: (person, attribute) => times.get(`${person}\0${attribute}`),
    isComplete,
  };
}

/** What an identify of a person sets, and as of when. A person without attributes is one called "". */
export type AttributeUpdate = { person: string; attributes: string[]; timestamp: number };

export function attributeUpdate(operation: unknown): AttributeUpdate | undefined {
  if (valueAt(operation, "type") !== "person" || valueAt(operation, "action") !== "identify")
    return undefined;
  const timestamp = valueAt(operation, "timestamp");
  const [identifier] = Object.entries(valueAt(operation, "identifiers") ?? {});
  if (typeof timestamp !== "number" || identifier === undefined) return undefined;
  const [kind, value] = identifier;
  const attributes = valueAt(operation, "attributes");
  const names = isObject(attributes) ? Object.keys(attributes) : [];
  return {
    person: `${kind}:${kind === "email" ? String(value).toLowerCase() : value}`,
    attributes: names.length > 0 ? names : [""],
    timestamp,
  };
}

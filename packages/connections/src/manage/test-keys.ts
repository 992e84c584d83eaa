import type { Connection } from "../connection.ts";
import { checkKeys, type KeyCheck } from "./check-keys.ts";
import { type GivenKeys, type KeysContext, readKeys } from "./read-keys.ts";

/** Asks Customer.io whether keys are good, before they are saved; `former` is the connection that they are to change. */
export async function testKeys(
  context: KeysContext,
  given: GivenKeys,
  former?: Connection,
): Promise<KeyCheck> {
  const read = await readKeys(context, given, former);
  return read.ok ? checkKeys(read.keys) : read;
}

/** Asks Customer.io whether a connection's keys are good. */
export function testConnection(context: KeysContext, connection: Connection): Promise<KeyCheck> {
  const { siteId, trackUrl, region } = connection;
  const input = { siteId, ...(trackUrl !== undefined && { trackUrl }) };
  return testKeys(context, { input, apiKey: "", region }, connection);
}

import { decideHeld } from "@customerio-router/connections";
import { findConnection } from "../find-connection.ts";
import { countOf } from "../in-words.ts";
import type { OpenStore } from "../open-store.ts";
import type { CommandResult } from "../print-result.ts";
import { findSpooled } from "./find-spooled.ts";

export async function assignSpooled(
  open: OpenStore,
  given: { id: string; connection: string },
): Promise<CommandResult> {
  const { connectionId, messages } = await findSpooled(open, given.id);
  const { id, name } = await findConnection(open.store, given.connection);
  await decideHeld(open.redis, connectionId, { to: id });
  return {
    text: `Within seconds the intakes give ${countOf(messages, "message")} of ${connectionId} to ${name}.`,
    json: { connectionId, messages, to: { id, name } },
  };
}

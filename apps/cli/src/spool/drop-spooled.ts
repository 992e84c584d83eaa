import { decideHeld } from "@customerio-router/connections";
import { CommandError } from "../command-error.ts";
import { countOf } from "../in-words.ts";
import type { OpenStore } from "../open-store.ts";
import type { CommandResult } from "../print-result.ts";
import { findSpooled } from "./find-spooled.ts";

export async function dropSpooled(
  open: OpenStore,
  { id, isConfirmed }: { id: string; isConfirmed: boolean },
): Promise<CommandResult> {
  const { connectionId, messages } = await findSpooled(open, id);
  if (!isConfirmed)
    throw new CommandError(
      `drop deletes ${countOf(messages, "message")} of ${connectionId}: confirm with --yes.`,
    );
  await decideHeld(open.redis, connectionId, "drop");
  return {
    text: `Within seconds the intakes delete ${countOf(messages, "message")} of ${connectionId}.`,
    json: { connectionId, messages },
  };
}

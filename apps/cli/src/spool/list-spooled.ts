import { readHeld } from "@customerio-router/connections";
import { formatTable } from "../format-table.ts";
import type { OpenStore } from "../open-store.ts";
import type { CommandResult } from "../print-result.ts";

export async function listSpooled({ redis }: OpenStore): Promise<CommandResult> {
  const held = await readHeld(redis);
  if (held.length === 0) {
    return { text: "No running intake keeps messages of a connection that Redis lost.", json: held };
  }
  const rows = held.map(({ connectionId, messages, bytes, oldestAtMs }) => [
    connectionId,
    String(messages),
    String(bytes),
    messages === 0 ? "" : new Date(oldestAtMs).toISOString(),
  ]);
  return { text: formatTable(["Id", "Messages", "Bytes", "Oldest"], rows), json: held };
}

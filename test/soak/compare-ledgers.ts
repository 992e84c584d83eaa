import { type Archive, openArchive } from "@customerio-router/archive";
import { type Account, waitFor } from "@customerio-router/fixtures";
import { readLedger, recordBytes } from "@customerio-router/reports";
import type { Link, System } from "../system.ts";

/**
 * Holds each connection's ledger against two independent counts: what arrived at its destination, and the lines of the
 * archive. Prints one table; gives how many differ.
 */
export async function compareLedgers(system: System, accounts: Account[]): Promise<number> {
  const damaged: string[] = [];
  const archive = await openArchive({
    url: "file:",
    dataDir: system.dataDir,
    onWarning: (message) => damaged.push(message),
  });
  if (!archive) throw new Error("the archive is off");
  await using _ = archive;
  const rows = [];
  for (const [index, link] of system.links.entries()) {
    rows.push(await compareLedger(system, archive, link, accounts[index] as Account));
  }
  console.table(rows);
  for (const message of damaged) console.error(message);
  const faults = rows.filter(({ adds, agrees }) => !adds || !agrees).length + damaged.length;
  console.log(faults === 0 ? "Each ledger adds up and agrees with both counts." : "Ledgers differ.");
  return faults;
}

async function compareLedger(system: System, archive: Archive, link: Link, account: Account) {
  const { id } = link.connection;
  const { client } = system;
  const isArchived = async () => (await recordBytes(client, id)) === 0;
  await waitFor(isArchived, { what: "all to be archived", timeoutMs: 60_000, pollMs: 100 }).catch(() => {});
  const { total } = await readLedger(client, id, { by: "day" });
  const archived = { lines: 0, ids: new Set<string>(), delivered: new Set<string>() };
  for await (const { line } of archive.readAll(id)) {
    archived.lines += 1;
    archived.ids.add(line.messageId);
    if (line.outcome === "delivered") archived.delivered.add(line.messageId);
  }
  const arrivedUlids = new Set(link.destination.arrived.flatMap(({ id }) => id ?? [])).size;
  const { received, delivered, skipped, rejected, removed, waiting, unaccounted } = total;
  const settled = delivered + skipped + rejected;
  return {
    acknowledged: account.acked,
    received,
    delivered,
    rejected,
    waiting,
    unaccounted,
    "ULIDs arrived": arrivedUlids,
    "delivered, archived": archived.delivered.size,
    "archived lines": archived.lines,
    "archived messages": archived.ids.size,
    adds: received === settled + removed && waiting === 0 && unaccounted === 0 && received === account.acked,
    agrees:
      delivered === account.delivered &&
      delivered === archived.delivered.size &&
      settled === archived.ids.size &&
      settled === archived.lines,
  };
}

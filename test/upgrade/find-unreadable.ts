import { type Archive, openArchive } from "@customerio-router/archive";
import { freePort, startProcess, waitFor } from "@customerio-router/fixtures";
import { readLedger } from "@customerio-router/reports";
import type { Link, System } from "../system.ts";

/** The pages that every version has. */
const pages = ["/", "/messages", "/failed"];

type Options = {
  system: System;
  /** Of each dashboard that must show its pages; undefined: this one. */
  checkouts: (string | undefined)[];
  /** Whether all versions that ran account for messages: then ledger and archive have each of them. */
  isAccounted: boolean;
  tell: (text: string) => void;
};

/** Reads ledger and archive, and the pages of dashboards, at rest. @returns what is missing or cannot be read */
export async function findUnreadable({ system, checkouts, isAccounted, tell }: Options): Promise<string[]> {
  const problems: string[] = [];
  await using archive = await openArchive({
    url: "file:",
    dataDir: system.dataDir,
    onWarning: (warning) => void problems.push(warning),
  });
  for (const [index, link] of system.links.entries()) {
    const found = await readAccount(system, link, archive);
    tell(`connection ${index}: ${JSON.stringify(found)}`);
    const { acked, total, archived } = found;
    const isComplete = total.received === acked && total.waiting === 0 && archived === acked;
    if (isAccounted && !isComplete) {
      problems.push(`ledger or archive lack messages of connection ${index}: ${JSON.stringify(found)}`);
    }
  }
  for (const checkout of checkouts) problems.push(...(await readPages(system, checkout)));
  return problems;
}

/** What ledger and archive have, once the archive has had time for what is settled. */
async function readAccount({ client }: System, { connection, ledger }: Link, archive: Archive | undefined) {
  const { acked } = ledger;
  const { total } = await readLedger(client, connection.id, { by: "day" });
  const archived = new Set<string>();
  const isArchived = async () => {
    for await (const { line } of archive?.readAll(connection.id) ?? []) archived.add(line.messageId);
    return archived.size >= total.delivered + total.skipped + total.rejected;
  };
  await waitFor(isArchived, { what: "the archive", pollMs: 500 }).catch(() => {});
  return { acked, total, archived: archived.size };
}

async function readPages({ environment }: System, checkout: string | undefined): Promise<string[]> {
  const url = `http://127.0.0.1:${await freePort()}`;
  await using _dashboard = await startProcess({
    entry: "apps/dashboard/src/main.ts",
    checkout,
    env: { ...environment, HOST: "127.0.0.1", DASHBOARD_PORT: new URL(url).port },
    ready: new URL(`${url}/readyz`),
  });
  const answers = await Promise.all(
    pages.map(async (page) => {
      const answer = await fetch(url + page, { headers: { accept: "text/html" } });
      await answer.body?.cancel();
      return answer.ok ? [] : [`${checkout ?? "this version"}: GET ${page} answers ${answer.status}`];
    }),
  );
  return answers.flat();
}

import { openArchive } from "@customerio-router/archive";
import { freePort, startProcess } from "@customerio-router/fixtures";
import { readLedger } from "@customerio-router/reports";
import type { System } from "../system.ts";

/** The pages that every version has. */
const pages = ["/", "/messages", "/failed"];

/**
 * Reads by this version what is stored: ledger and archive; and the pages of both versions' dashboards. The former one's where
 * it is promised to go on.
 * @returns what could not be read
 */
export async function readByBoth(options: {
  system: System;
  checkout: string | undefined;
  tell: (text: string) => void;
}): Promise<string[]> {
  const { system, checkout, tell } = options;
  const { client, links, dataDir } = system;
  const problems: string[] = [];
  await using archive = await openArchive({
    url: "file:",
    dataDir,
    onWarning: (warning) => void problems.push(warning),
  });
  for (const [index, { connection, ledger }] of links.entries()) {
    const { total } = await readLedger(client, connection.id, { by: "day" });
    const archived = new Set<string>();
    for await (const { line } of archive?.readAll(connection.id) ?? []) archived.add(line.messageId);
    tell(
      `ledger of connection ${index}: ${JSON.stringify(total)} of ${ledger.acked} acknowledged; ${archived.size} archived`,
    );
  }
  for (const folder of checkout === undefined ? [undefined] : [checkout, undefined]) {
    problems.push(...(await readPages(system, folder)));
  }
  return problems;
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

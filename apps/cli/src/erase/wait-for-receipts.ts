import { setTimeout as sleep } from "node:timers/promises";
import type { Receipt } from "@customerio-router/connections";

const pollMs = 500;

/** Waits until all erasures are done or lifted, or the time is over, and tells what is outstanding whenever that changes. */
export async function waitForReceipts(options: {
  ids: string[];
  read: (id: string) => Promise<Receipt>;
  timeoutMs: number;
  onProgress: (line: string) => void;
}): Promise<Receipt[]> {
  const { ids, read, onProgress } = options;
  const endsAt = performance.now() + options.timeoutMs;
  let told = "";
  for (;;) {
    const receipts: Receipt[] = [];
    for (const id of ids) receipts.push(await read(id));
    const outstanding = receipts.filter(({ state }) => state === "outstanding");
    if (outstanding.length === 0 || performance.now() > endsAt) return receipts;
    const line = describe(outstanding, ids.length);
    if (line !== told) onProgress(line);
    told = line;
    await sleep(pollMs);
  }
}

function describe([first, ...others]: Receipt[], all: number): string {
  const connection = first?.connections.find(({ state }) => state === "outstanding");
  const what = connection?.outstanding.join("; ") || "it is about to end";
  const count = all === 1 ? "" : `${others.length + 1} of ${all} outstanding; `;
  return `${count}${connection?.name}: ${what}`;
}

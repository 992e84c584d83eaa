import { parentPort, workerData } from "node:worker_threads";
import { adoptOrphans, claimSpoolFile } from "./claim-spool-file.ts";
import type { Answer, Question, SpoolMethods } from "./open-spool-thread.ts";

/** The thread in which the spool's file is open: a sync of the disk blocks it, and nobody else. */
const { folder } = workerData as { folder: string };
const file = claimSpoolFile(folder);

const methods: SpoolMethods = {
  ...file,
  adoptOrphans: () => adoptOrphans(folder, file),
};

parentPort?.on("message", ({ number, method, args }: Question) => {
  const call = methods[method] as (...args: unknown[]) => unknown;
  const answer = (answer: Omit<Answer, "number">) => parentPort?.postMessage({ number, ...answer });
  try {
    answer({ value: call(...args) });
  } catch (error) {
    answer({ error: error as Error });
  }
  if (method === "close") parentPort?.close();
});
parentPort?.postMessage("open");

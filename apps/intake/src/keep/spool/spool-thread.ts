import { parentPort, workerData } from "node:worker_threads";
import { adoptOrphans } from "./files/adopt-orphans.ts";
import { claimSpoolFile } from "./files/claim-spool-file.ts";
import { isDamage } from "./files/spool-file-error.ts";
import { listSetAside } from "./files/spool-folder.ts";
import type { Question, Result, SpoolMethods } from "./open-spool-thread.ts";

/** The thread that has the spool's file open, so that syncing the disk blocks nothing else. */
const { folder } = workerData as { folder: string };
const { file, totals } = claimSpoolFile(folder);
let adopting: ReturnType<typeof adoptOrphans> | undefined;

const methods: SpoolMethods = {
  ...file,
  totals: () => totals,
  adoptSome() {
    adopting ??= adoptOrphans(folder, file);
    try {
      const { value } = adopting.next();
      if (!value) adopting = undefined;
      return value ?? undefined;
    } catch (error) {
      adopting = undefined;
      throw error;
    }
  },
  listSetAside: () => listSetAside(folder),
  close() {
    adopting?.return();
    file.close();
  },
};

parentPort?.on("message", ({ number, method, args }: Question) => {
  const call = methods[method] as (...args: unknown[]) => unknown;
  const respond = (result: Omit<Result, "number">) => parentPort?.postMessage({ number, ...result });
  try {
    respond({ value: call(...args) });
  } catch (error) {
    // Rows behind the damage cannot be read. The next start recovers what it can and sets the file aside.
    if (isDamage(error))
      throw new Error(`${file.path} is damaged: the next start sets it aside`, { cause: error });
    respond({ error: error as Error });
  }
  if (method === "close") parentPort?.close();
});
parentPort?.postMessage("open");

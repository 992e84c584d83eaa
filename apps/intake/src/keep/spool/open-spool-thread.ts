import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { AdoptionStep } from "./files/adopt-orphans.ts";
import type { SpoolFile } from "./files/spool-file.ts";

/** What the thread does when asked. */
export type SpoolMethods = Omit<SpoolFile, "path"> & {
  /** Adopts some rows of ended intakes; undefined when none are left. */
  adoptSome(): AdoptionStep | undefined;
  /** The names of damaged files that lie in the folder. */
  listSetAside(): string[];
};

export type Question = { number: number; method: keyof SpoolMethods; args: unknown[] };
export type Result = { number: number; value?: unknown; error?: Error };

/** Asks the thread to do something; questions are answered in the order they are asked. */
export type AskSpool = <Method extends keyof SpoolMethods>(
  method: Method,
  ...args: Parameters<SpoolMethods[Method]>
) => Promise<ReturnType<SpoolMethods[Method]>>;

/**
 * Opens the spool of a folder in a thread of its own.
 * @throws when the folder cannot be used; a thread that ends later ends the process
 */
export async function openSpoolThread(folder: string): Promise<AskSpool> {
  const thread = new Worker(new URL("spool-thread.ts", import.meta.url), { workerData: { folder } });
  await once(thread, "message");
  const asked = new Map<number, PromiseWithResolvers<unknown>>();
  let count = 0;

  thread.on("message", ({ number, value, error }: Result) => {
    const question = asked.get(number);
    asked.delete(number);
    if (error) question?.reject(error);
    else question?.resolve(value);
  });
  thread.on("error", (error) => {
    throw error;
  });

  return (method, ...args) => {
    const question = Promise.withResolvers<unknown>();
    count += 1;
    asked.set(count, question);
    thread.postMessage({ number: count, method, args } satisfies Question);
    return question.promise as Promise<ReturnType<SpoolMethods[typeof method]>>;
  };
}

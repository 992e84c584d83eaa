import { type Child, isSuspended, startProcess, waitFor } from "@customerio-router/fixtures";
import type { Cut } from "../src/index.ts";

type OwnerOptions = {
  folder: string;
  action: "write" | "merge" | "rewrite";
  cut?: Cut;
  signal: "SIGKILL" | "SIGSTOP";
  /** At which request for `mayWrite`, from 1 on; 0 for never. */
  at: number;
  ready?: RegExp;
};

/** An owner as a process of its own, which signals itself between asking whether it may write and writing. */
export function startOwner({ folder, action, cut, signal, at, ready }: OwnerOptions): Promise<Child> {
  const range = cut === undefined ? [] : ["--first", String(cut.first), "--last", String(cut.last)];
  return startProcess({
    entry: "packages/archive/test/processes/change-archive.ts",
    args: ["--folder", folder, "--action", action, "--signal", signal, "--at", String(at), ...range],
    ...(ready !== undefined && { ready }),
  });
}

/** Resolves when the owner is suspended: woken before that, it would never wake. */
export async function startSuspended(options: Omit<OwnerOptions, "signal" | "ready">): Promise<Child> {
  const owner = await startOwner({ ...options, signal: "SIGSTOP", ready: /signalled/ });
  await waitFor(() => isSuspended(owner.pid), { what: "the owner to be suspended" });
  return owner;
}

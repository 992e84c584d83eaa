import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { say } from "./run.mjs";

const POLL_MS = 200;

/** Runs `work` once no other process does; `file` names the one that does. */
export function oneAtATime(file, work) {
  let saidOf;
  while (!take(file)) {
    const other = readOwner(file);
    if (other === undefined) rmSync(file, { force: true });
    else if (other !== saidOf) say(`waiting for process ${other}, which installs dependencies ...`);
    saidOf = other;
    sleep(POLL_MS);
  }
  try {
    work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/** Undefined when it has ended without removing its file. */
function readOwner(file) {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    // Written in two steps by its owner: empty for a moment.
    if (pid !== 0) process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error.code === "EPERM" ? "of another user" : undefined;
  }
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

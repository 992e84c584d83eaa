import { writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { openArchive } from "../../src/index.ts";
import { connectionId, linesOf } from "../lines.ts";

/*
 * One owner of an archive as a process of its own. At the given request for `mayWrite` it sends itself a signal: SIGKILL, or
 * SIGSTOP as a process that is suspended between that request and the write. Woken, it has lost its lease.
 */
const { values } = parseArgs({
  options: {
    folder: { type: "string", default: "" },
    action: { type: "string", default: "write" },
    first: { type: "string", default: "1" },
    last: { type: "string", default: "1" },
    signal: { type: "string", default: "SIGKILL" },
    at: { type: "string", default: "0" },
  },
});

let requests = 0;
let hasLost = false;
const writer = {
  mayWrite() {
    requests += 1;
    if (requests !== Number(values.at)) return !hasLost;
    writeSync(1, "signalled\n");
    hasLost = true;
    process.kill(process.pid, values.signal);
    return true;
  },
};

const archive = await openArchive({ url: `file:${values.folder}`, onWarning: console.error });
if (archive === undefined) throw new Error("the archive is off");
writeSync(1, "began\n");
const cut = { first: Number(values.first), last: Number(values.last) };
if (values.action === "write") await archive.writeCut(connectionId, cut, linesOf(cut), writer);
if (values.action === "merge") await archive.merge(connectionId, writer);
if (values.action === "rewrite") await archive.rewrite(connectionId, ["id:user-3"], () => false, writer);
writeSync(1, `ended after ${requests} requests\n`);

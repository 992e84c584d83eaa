import { compare } from "./against/compare.ts";
import { readOptions } from "./options.ts";
import { runBench } from "./run-bench.ts";

/*
 * The whole way, every part a process on this machine: `npm run bench:pipeline` against what most people would write,
 * with `-- --quick` in under three minutes, the last line being the figures to reach; `-- --against <commit>` against
 * another commit. README.md beside this file says how it is measured.
 */
const options = readOptions(process.argv.slice(2));
await (options.against === undefined ? runBench(options) : compare(options.against, options));

import { compare } from "./against/compare.ts";
import { readOptions } from "./options.ts";
import { runBench } from "./run-bench.ts";

/*
 * The whole way, every part a process on this machine, against what most people would write, or against another commit.
 * The last line of a quick run is the figures to reach.
 */
const options = readOptions(process.argv.slice(2));
await (options.against === undefined ? runBench(options) : compare(options.against, options));

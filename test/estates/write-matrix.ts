import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Loss } from "./losses.ts";
import type { Seen } from "./run-estate.ts";

/** Of one server in one estate: what was seen, or why there is nothing to see. */
export type Run = { server: string; estate?: string; seen?: Seen; refusal?: string; error?: string };

const page = fileURLToPath(new URL("../../docs/redis.md", import.meta.url));

export function formatMatrix(runs: Run[], messages: number): string {
  const rows = runs.map(({ server, estate = "", seen, refusal, error }) => {
    if (!seen) return `| ${server} | ${estate} | ${refusal ?? `failed: ${cut(error ?? "")}`} | | | | |`;
    const { delivered, lost, doubled, outOfOrder, repeated, pauseMs } = seen;
    const pause = `${(pauseMs / 1_000).toFixed(1)} s`;
    return `| ${server} | ${estate} | ${delivered} | ${lost} | ${doubled + outOfOrder} | ${repeated} | ${pause} |`;
  });
  return [
    `| server | Redis | delivered of ${messages} | lost | visible twice or out of order | sent again | longest pause |`,
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

export function formatLosses(losses: Loss[]): string {
  return [
    "| `REDIS_WAIT_REPLICAS` | sent | acknowledged | of these lost |",
    "| --- | --- | --- | --- |",
    ...losses.map(
      ({ waitReplicas, sent, acknowledged, lost }) =>
        `| ${waitReplicas} | ${sent} | ${acknowledged} | ${lost} |`,
    ),
  ].join("\n");
}

/** Each between `<!-- name -->` and `<!-- /name -->`. */
export function writeParts(parts: { [name: string]: string }): void {
  let text = readFileSync(page, "utf8");
  for (const [name, part] of Object.entries(parts)) {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${begin} and ${end} are to enclose a part of docs/redis.md`);
    text = `${text.slice(0, from)}${begin}\n\n${part}\n\n${text.slice(to)}`;
  }
  writeFileSync(page, text);
}

function cut(text: string): string {
  return text.replaceAll(/[|\n]/g, " ").slice(0, 200);
}

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** Later ones count more. */
const names = [
  "theme",
  "frame",
  "pieces",
  "forms",
  "tables",
  "message",
  "overview",
  "delivery",
  "swatches",
  "narrow",
];

/** All styles in one file, so that a page is painted after one round trip. */
export function readStyleSheet(): string {
  const read = (name: string) =>
    readFileSync(new URL(`../assets/styles/${name}.css`, import.meta.url), "utf8");
  return [readUplot("uPlot.min.css"), ...names.map(read)].join("\n");
}

/** A file of uPlot, which draws the plots in the browser. */
export function readUplot(name: "uPlot.min.css" | "uPlot.iife.min.js"): string {
  return readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${name}`), "utf8");
}

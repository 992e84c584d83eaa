import { readFileSync } from "node:fs";

/** Later ones count more. */
const names = ["theme", "frame", "pieces", "forms", "tables", "message", "overview", "delivery", "narrow"];

/** All styles in one file, so that a page is painted after one round trip. */
export function readStyleSheet(): string {
  const read = (name: string) =>
    readFileSync(new URL(`../assets/styles/${name}.css`, import.meta.url), "utf8");
  return names.map(read).join("\n");
}

import type { AccountRows } from "@customerio-router/reports";

/** Spreadsheets take a file without this mark for one in their country's own encoding. */
const byteOrderMark = "\ufeff";

const columns = {
  day: ["day", "received", "delivered", "skipped", "rejected", "removed", "waiting", "unaccounted"],
  event: ["event", "delivered", "skipped", "rejected", "removed"],
  reason: ["outcome", "reason", "messages"],
  source: ["source", "received", "delivered", "skipped", "rejected", "removed", "waiting", "unaccounted"],
} as const;

/** A split of the ledger as CSV for spreadsheets: RFC 4180, UTF-8. */
export function deliveryCsv({ by, rows }: Pick<AccountRows, "by" | "rows">): string {
  const names = columns[by];
  const lines = rows.map((row) => names.map((name) => cell((row as { [name: string]: unknown })[name])));
  return `${byteOrderMark}${[names, ...lines].map((line) => `${line.join(",")}\r\n`).join("")}`;
}

/** Texts that a spreadsheet takes for a formula, as they are or after blanks; in full width too. */
const formula = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/** Senders name events. An apostrophe makes a formula the text it is. */
function cell(value: unknown): string {
  if (typeof value === "number") return String(value);
  const written = String(value ?? "");
  const text = formula.test(written) ? `'${written}` : written;
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

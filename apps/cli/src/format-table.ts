/** Columns as wide as their widest cell. Those from `numbersFrom` on hold numbers, which end below each other. */
export function formatTable(
  head: string[],
  rows: string[][],
  { numbersFrom = Number.POSITIVE_INFINITY }: { numbersFrom?: number } = {},
): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column >= numbersFrom ? cell.padStart(width) : cell.padEnd(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

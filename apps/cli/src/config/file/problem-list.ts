import { type Document, isMap, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import { CommandError } from "../../command-error.ts";
import type { FilePath } from "./config-file.ts";

/** Everything that is wrong with a file, each with its place. */
export type ProblemList = {
  /** Only the first problem of each place is kept: the others follow from it. */
  add(path: FilePath, message: string): void;
  /** At a byte of the text, where no field is known. */
  addAt(offset: number, message: string): void;
  /** @throws CommandError with every problem, one per line, in the order of the file */
  throwIfAny(): void;
};

type Placed = { offset: number; field: string; message: string };

export function createProblemList(
  filePath: string,
  { document, lineCounter }: { document: Document; lineCounter: LineCounter },
): ProblemList {
  const problems = new Map<string, Placed>();

  function format({ offset, field, message }: Placed): string {
    const { line, col } = lineCounter.linePos(offset);
    return `${filePath}:${line}:${col} ${field === "" ? "" : `${field}: `}${message}`;
  }

  return {
    add(path, message) {
      const key = path.join("\n");
      if (problems.has(key)) return;
      problems.set(key, { offset: offsetOf(document, path), field: fieldOf(path), message });
    },
    addAt(offset, message) {
      problems.set(`at ${offset}`, { offset, field: "", message });
    },
    throwIfAny() {
      if (problems.size === 0) return;
      const sorted = [...problems.values()].sort((one, other) => one.offset - other.offset);
      const head =
        sorted.length === 1 ? "the file has a problem:" : `the file has ${sorted.length} problems:`;
      throw new CommandError([head, ...sorted.map(format)].join("\n"));
    },
  };
}

/** Where a field begins; of one that is missing, where what should have it begins. */
function offsetOf(document: Document, path: FilePath): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

/** Within its source, connection or channel: `settings.limiter.max`. */
function fieldOf(path: FilePath): string {
  const [section, ...rest] = path;
  const isInList = typeof rest[0] === "number" || rest[0] === "channels";
  if (!isInList) return path.join(".");
  const own = rest[0] === "channels" ? rest.slice(2) : rest.slice(1);
  return own.length === 0 ? String(section) : own.join(".");
}

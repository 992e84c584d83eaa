import { changeField, fieldAt, nothing, setField } from "./change-field.ts";
import type { Path } from "./path.ts";

/**
 * Moves a value. The paths are alike up to their last `*`, so each entry keeps what is its own. A field that has the new
 * name already is replaced. Where the new one cannot stand, nothing is moved.
 */
export function renameField(message: unknown, from: Path, to: Path): unknown {
  const shared = from.lastIndexOf("*") + 1;
  return changeField(message, from.slice(0, shared), (holder) => {
    const [old, latter] = [from.slice(shared), to.slice(shared)];
    const value = fieldAt(holder, old);
    if (value === undefined) return holder;
    const taken = changeField(holder, old, () => nothing);
    const moved = setField(taken, latter, value);
    return moved === taken ? holder : moved;
  });
}

export function findRenameProblem(from: Path, to: Path): string | undefined {
  const shared = from.lastIndexOf("*") + 1;
  const isAlike =
    to.lastIndexOf("*") + 1 === shared && from.slice(0, shared).every((name, at) => name === to[at]);
  if (!isAlike) return "Both paths must be the same up to the last `*`.";
  if (from.length === shared) return "An entry of a list has no name to change.";
  return from.join(".") === to.join(".") ? "The new name is the old one." : undefined;
}

import { changeField, nothing, setField } from "../fields/change-field.ts";
import { type Path, splitPath } from "../fields/path.ts";
import { renameField } from "../fields/rename-field.ts";
import type { Action } from "../rule.ts";
import { hashValue } from "./hash-value.ts";
import { personPlace } from "./person-place.ts";
import type { State } from "./state.ts";

/** Carries an action out on a message. False: the message is dropped. */
export type Act = (state: State) => boolean;

export type CompiledAction = {
  act: Act;
  /** The path that is hashed or removed. */
  treats: string | undefined;
};

export type ActionOptions = {
  /** Stands before every text that is hashed. */
  salt?: string | undefined;
};

export function compileAction(action: Action, { salt }: ActionOptions): CompiledAction {
  if ("drop" in action) return { act: () => false, treats: undefined };
  if ("remove" in action) return { act: removeAt(action.remove), treats: action.remove };
  if ("hash" in action) return { act: hashAt(action.hash, salt), treats: action.hash };
  if ("rename" in action) return { act: moveAt(action.rename), treats: undefined };
  if ("set" in action) return { act: setAt(action.set), treats: undefined };
  if ("renameEvent" in action) return { act: renameEvent(action.renameEvent), treats: undefined };
  return { act: samplePeople(action.sample), treats: undefined };
}

function samplePeople(percent: number): Act {
  return (state) => {
    state.place ??= personPlace(state.entered);
    return state.place < percent;
  };
}

function removeAt(field: string): Act {
  const path = splitPath(field);
  return (state) => {
    if (change(state, path, () => nothing)) state.treated.add(field);
    return true;
  };
}

function hashAt(field: string, salt: string | undefined): Act {
  const path = splitPath(field);
  const options = { salt, isId: path.length === 1 };
  return (state) => {
    if (state.treated.has(field)) return true;
    if (change(state, path, (value) => hashValue(value, options))) state.treated.add(field);
    return true;
  };
}

function moveAt({ from, to }: { from: string; to: string }): Act {
  const [former, latter] = [splitPath(from), splitPath(to)];
  return (state) => {
    const moved = renameField(state.message, former, latter);
    if (moved === state.message) return true;
    state.message = moved as State["message"];
    forget(state.treated, to);
    for (const field of [...state.treated].filter((treated) => isInside(treated, from))) {
      state.treated.delete(field);
      state.treated.add(`${to}${field.slice(from.length)}`);
    }
    return true;
  };
}

function setAt({ field, value }: { field: string; value: unknown }): Act {
  const path = splitPath(field);
  return (state) => {
    const latter = setField(state.message, path, value);
    if (latter === state.message) return true;
    state.message = latter as State["message"];
    forget(state.treated, field);
    return true;
  };
}

/** A page or screen has its name in `name`; a call that is no event has none. */
function renameEvent(event: string): Act {
  return (state) => {
    const { type } = state.message;
    if (type === "track") state.message = { ...state.message, event };
    if (type === "page" || type === "screen") state.message = { ...state.message, name: event };
    return true;
  };
}

function change(state: State, path: Path, by: (value: unknown) => unknown): boolean {
  const changed = changeField(state.message, path, by);
  if (changed === state.message) return false;
  state.message = changed as State["message"];
  return true;
}

/** What stands at a path now is new. */
function forget(treated: Set<string>, field: string): void {
  for (const path of treated) if (isInside(path, field)) treated.delete(path);
}

function isInside(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`);
}

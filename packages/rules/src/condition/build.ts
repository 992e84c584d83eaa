import type { ASTNode } from "@marcbachmann/cel-js";
import { readField, readHas, readIndex, readList, readPath } from "./fields.ts";
import { functions, readFunction, readMatches, types } from "./functions.ts";
import { readChoice, readEither, readNot } from "./logic.ts";
import { isMacro, type MacroName, readMacro } from "./macros.ts";
import {
  type Arithmetic,
  mixedNumbers,
  type Order,
  readArithmetic,
  readEqual,
  readEqualText,
  readIn,
  readNegative,
  readOrder,
} from "./operators.ts";
import { compilePattern } from "./pattern.ts";
import type { Read } from "./read.ts";

/** `at` counts characters from 0. */
export type ConditionProblem = { at: number; message: string };

/** What is known while a tree is built: the variable of the macro around, and what was found wrong so far. */
type Building = { variable: string | undefined; problems: ConditionProblem[] };

/** A node as a function, and whether its value is always an integer of CEL, which JSON has none of. */
type Built = { read: Read; isInt: boolean };

/**
 * Builds a checked tree into functions. The engine's own evaluation throws at each missing field, which takes 8 us; here a
 * missing field is a value.
 */
export function buildCondition(tree: ASTNode): { read: Read; problems: ConditionProblem[] } {
  const problems: ConditionProblem[] = [];
  const { read } = build(tree, { variable: undefined, problems });
  return { read, problems };
}

function build(node: ASTNode, building: Building): Built {
  const of = (inner: ASTNode) => build(inner, building).read;
  switch (node.op) {
    case "value":
      return buildValue(node, building);
    case "id":
      return plain(buildName(node, building));
    case ".":
      return plain(buildField(node, building));
    case "[]":
      return plain(readIndex(of(node.args[0]), of(node.args[1])));
    case "list":
      return plain(readList(node.args.map(of)));
    case "&&":
    case "||":
      return plain(readEither(of(node.args[0]), of(node.args[1]), node.op === "||"));
    case "!_":
      return plain(readNot(of(node.args)));
    case "?:":
      return plain(readChoice(of(node.args[0]), of(node.args[1]), of(node.args[2])));
    case "==":
    case "!=":
      return plain(buildEqual(node.args, node.op === "==", building));
    case "in":
      return plain(readIn(of(node.args[0]), of(node.args[1])));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return plain(readOrder(node.op as Order, of(node.args[0]), of(node.args[1])));
    case "-_": {
      const { read, isInt } = build(node.args, building);
      return { read: readNegative(read), isInt };
    }
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
      return buildArithmetic(node.op as Arithmetic, node.args, building);
    case "call":
      return buildCall(node, node.args[0], node.args[1], building);
    case "rcall":
      return isMacro(node.args[0])
        ? plain(buildMacro(node, node.args[0], { list: node.args[1], args: node.args[2] }, building))
        : buildCall(node, node.args[0], [node.args[1], ...node.args[2]], building);
    default:
      return plain(refuse(node, `\`${String(node.op)}\` is not available in conditions.`, building));
  }
}

function plain(read: Read): Built {
  return { read, isInt: false };
}

function refuse({ start }: { start: number }, message: string, { problems }: Building): Read {
  problems.push({ at: start, message });
  return () => undefined;
}

function buildValue(node: ASTNode & { op: "value" }, building: Building): Built {
  const value = node.args;
  if (value !== null && typeof value === "object") {
    return plain(refuse(node, "Unsigned integers and bytes are not available in conditions.", building));
  }
  return { read: () => value, isInt: typeof value === "bigint" };
}

function buildName(node: ASTNode & { op: "id" }, building: Building): Read {
  const name = node.args;
  if (name === building.variable) return ({ entry }) => entry;
  if (name === "message") return ({ message }) => message;
  if (Object.hasOwn(types, name)) {
    const type = types[name as keyof typeof types];
    return () => type;
  }
  return refuse(node, `\`${name}\` is not available in conditions: only \`message\` is.`, building);
}

/** A path from the message or an entry is read in one go. */
function buildField(node: ASTNode & { op: "." }, building: Building): Read {
  const names: string[] = [];
  let holder: ASTNode = node;
  while (holder.op === ".") {
    names.unshift(holder.args[1]);
    holder = holder.args[0];
  }
  if (holder.op === "id" && holder.args === building.variable) return readPath("entry", names);
  if (holder.op === "id" && holder.args === "message") return readPath("message", names);
  return readField(build(node.args[0], building).read, node.args[1]);
}

function buildEqual([left, right]: [ASTNode, ASTNode], wanted: boolean, building: Building): Read {
  const { read } = build(left, building);
  return right.op === "value" && typeof right.args === "string"
    ? readEqualText(read, right.args, wanted)
    : readEqual(read, build(right, building).read, wanted);
}

function buildArithmetic(operator: Arithmetic, [left, right]: [ASTNode, ASTNode], building: Building): Built {
  const [one, other] = [build(left, building), build(right, building)];
  const isInt = one.isInt && other.isInt;
  if (one.isInt !== other.isInt) return plain(refuse(one.isInt ? left : right, mixedNumbers, building));
  return { read: readArithmetic(operator, one.read, other.read), isInt };
}

function buildCall(node: ASTNode, name: string, args: ASTNode[], building: Building): Built {
  const [first, second] = args;
  if (name === "has" && first) return plain(readHas(build(first, building).read));
  if (name === "matches" && first && second) return plain(buildMatches(first, second, building));
  const called = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!called) {
    const message = `\`${name}\` is not available in conditions: see the list of functions in the documentation.`;
    return plain(refuse(node, message, building));
  }
  const values = args.map((arg) => build(arg, building).read);
  return { read: readFunction(called, values), isInt: name === "size" || name === "int" };
}

function buildMatches(text: ASTNode, pattern: ASTNode, building: Building): Read {
  if (pattern.op !== "value" || typeof pattern.args !== "string") {
    return refuse(pattern, "The pattern of `matches` must be written out as text.", building);
  }
  const compiled = compilePattern(pattern.args);
  if ("problem" in compiled) return refuse(pattern, compiled.problem, building);
  return readMatches(build(text, building).read, compiled);
}

function buildMacro(
  node: ASTNode,
  name: MacroName,
  { list, args }: { list: ASTNode; args: ASTNode[] },
  building: Building,
): Read {
  if (building.variable !== undefined) {
    const message = `\`${name}\` must not stand inside of another macro: that could take long on long lists.`;
    return refuse(node, message, building);
  }
  const [variable, ...bodies] = args;
  if (variable?.op !== "id" || variable.args === "message") {
    return refuse(
      variable ?? node,
      "Name the entry of the list with a word of your own, such as `item`.",
      building,
    );
  }
  const inside = { ...building, variable: variable.args };
  return readMacro(name, {
    list: build(list, building).read,
    bodies: bodies.map((body) => build(body, inside).read),
    steps: bodies.reduce((sum, body) => sum + body.end - body.start, 0),
  });
}

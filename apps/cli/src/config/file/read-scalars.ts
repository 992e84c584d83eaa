import { type Document, isMap, isScalar, isSeq, type Scalar } from "yaml";
import type { Environment } from "../../environment.ts";
import type { FilePath } from "./config-file.ts";
import { expandVariables } from "./expand-variables.ts";
import type { ProblemList } from "./problem-list.ts";

/** Fields that may hold `${NAME}`. */
const secretFields = new Set(["apiKey", "writeKeys", "salt", "url", "secret", "password"]);
/** Fields of which digits are text too: `siteId: 0123456789`. */
const textFields = new Set([...secretFields, "name", "siteId", "user"]);
/** What is in them is the user's own. */
const freeFields = new Set(["rules", "template", "settings"]);

/** Puts the values of variables into a document, and reads as text what is text. */
export function readScalars(document: Document, environment: Environment, problems: ProblemList): void {
  walk(document.contents, [], (scalar, path) => {
    const field = path.findLast((key) => typeof key === "string") ?? "";
    const isFree = path.some((key) => typeof key === "string" && freeFields.has(key));
    const isName = path[0] === "sources" && field === "connections" && path.length === 4;
    if (!isFree && (textFields.has(field) || isName)) readAsText(scalar);
    if (typeof scalar.value !== "string") return;
    if (!isFree && secretFields.has(field)) {
      const expanded = expandVariables(scalar.value, environment);
      for (const message of expanded.problems) problems.add(path, message);
      scalar.value = expanded.problems.length > 0 ? null : expanded.text;
    } else if (!path.includes("rules") && !path.includes("template") && /\$\{\w+\}/.test(scalar.value)) {
      problems.add(path, `Variables are read only in ${[...secretFields].join(", ")}: write the value here.`);
    }
  });
}

function readAsText(scalar: Scalar): void {
  const isText = typeof scalar.value === "string" || scalar.value === null;
  if (!isText && scalar.source !== undefined) scalar.value = scalar.source;
}

function walk(node: unknown, path: FilePath, visit: (scalar: Scalar, path: FilePath) => void): void {
  if (isScalar(node)) visit(node, path);
  else if (isSeq(node)) node.items.forEach((item, index) => void walk(item, [...path, index], visit));
  else if (isMap(node)) {
    for (const { key, value } of node.items) walk(value, [...path, String(key)], visit);
  }
}

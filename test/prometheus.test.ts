import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { openMeteredSystem, scrape } from "./metered-system.ts";

const deploy = fileURLToPath(new URL("../deploy", import.meta.url));
const rulesPath = join(deploy, "prometheus/rules.yaml");
const promtool = (...args: string[]) => promisify(execFile)(process.env.PROMTOOL || "promtool", args);

type Rule = { alert: string; expr: string; annotations: Record<string, string> };
type Board = {
  panels: { title: string; targets: { expr: string; legendFormat: string }[] }[];
  templating: { list: { query: string | { query: string } }[] };
};

/** An expression, and the labels that the texts beside it name. */
type Query = { from: string; expr: string; shown: string[] };

const rules = (parse(readFileSync(rulesPath, "utf8")) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const board = JSON.parse(readFileSync(join(deploy, "grafana/board.json"), "utf8")) as Board;

const queries: Query[] = [
  ...rules.map(({ alert, expr, annotations }) => ({
    from: alert,
    expr,
    shown: [
      ...Object.values(annotations)
        .join()
        .matchAll(/\$labels\.(\w+)/g),
    ].map(([, label = ""]) => label),
  })),
  ...board.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => ({
      from: title,
      expr: expr.replaceAll("$__rate_interval", "5m").replaceAll("$connection", ".*"),
      shown: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label),
    })),
  ),
  ...board.templating.list.flatMap(({ query }) => {
    const [, expr = "", label = ""] =
      /^label_values\((\w+), (\w+)\)$/.exec(typeof query === "string" ? query : query.query) ?? [];
    return expr === "" ? [] : [{ from: "template", expr, shown: [label] }];
  }),
];

/** Labels that Prometheus itself gives to what it scrapes. */
const labelsOfScrapes = ["instance", "job"];

/** The names of a scrape, each with the labels of its samples. */
function readNames(text: string): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const [, name = ""] of text.matchAll(/^# TYPE (\w+) (?!histogram)/gm)) names.set(name, new Set());
  for (const [, name = "", labels = ""] of text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? \S+$/gm)) {
    const known = names.get(name) ?? new Set(labelsOfScrapes);
    names.set(name, known);
    for (const label of labelsOfScrapes) known.add(label);
    for (const [, label = ""] of labels.matchAll(/(\w+)="/g)) known.add(label);
  }
  return names;
}

/** What a query names and the scrape does not have. */
function findUnknown({ from, expr, shown }: Query, names: Map<string, Set<string>>): string[] {
  const all = new Set(labelsOfScrapes);
  const unknown: string[] = [];
  for (const [, name = "", matchers = ""] of expr.matchAll(
    /\b((?:customerio_router|process|nodejs)_\w+)(?:\{([^}]*)\})?/g,
  )) {
    const labels = names.get(name);
    if (labels === undefined) unknown.push(`${from}: ${name}`);
    for (const [, label = ""] of matchers.matchAll(/(\w+)\s*=~?"/g)) {
      if (!labels?.has(label)) unknown.push(`${from}: ${name}{${label}}`);
    }
    for (const label of labels ?? []) all.add(label);
  }
  const listed = [...expr.matchAll(/\b(?:by|on|group_left)\s*\(([^)]*)\)/g)].flatMap(([, list = ""]) =>
    list.split(",").map((label) => label.trim()),
  );
  for (const label of [...listed, ...shown]) if (!all.has(label)) unknown.push(`${from}: label ${label}`);
  return unknown;
}

test("F217 each query of the rules for Prometheus and of the board for Grafana finds its metrics and labels in a real scrape", async () => {
  await using metered = await openMeteredSystem();
  const { link, intake, worker, dashboard } = metered;
  const post = async (key: string, batch: object[]) => {
    const answer = await fetch(`${link.intakeUrl}/v1/batch`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${key}:`)}`, "content-type": "application/json" },
      body: JSON.stringify({ batch }),
    });
    return answer.status;
  };
  const repeated = { type: "track", messageId: "m", userId: "somebody", event: "Twice" };
  expect(await post(link.writeKey, [repeated, { type: "track", event: "Nobody's" }])).toBe(200);
  expect(await post(link.writeKey, [repeated])).toBe(200);
  expect(await post("wk_unknown", [repeated])).toBe(401);

  const readAll = async () => (await Promise.all([intake, worker, dashboard].map(scrape))).join("\n");
  const isComplete = async () => {
    return (await readAll()).includes('outcome="rejected"');
  };
  await waitFor(isComplete, { what: "the rejected message" });
  const names = readNames(await readAll());
  expect(queries.length).toBeGreaterThan(30);
  expect(queries.flatMap((query) => findUnknown(query, names))).toEqual([]);
  const wrong = { from: "wrong", expr: 'customerio_router_spool_messages{to="x"} + customerio_router_no' };
  expect(findUnknown({ ...wrong, shown: ["name"] }, names)).toHaveLength(3);
});

test("promtool accepts the rules and the board's queries, and each rule fires when it should and not otherwise", async () => {
  await promtool("check", "rules", rulesPath);
  await promtool("test", "rules", join(deploy, "prometheus/rules-test.yaml"));
  await using folder = await temporaryFolder();
  const path = join(folder.path, "board.yaml");
  const records = queries.map(({ expr }, index) => ({ record: `query_${index}`, expr }));
  writeFileSync(path, JSON.stringify({ groups: [{ name: "board", rules: records }] }));
  await promtool("check", "rules", path);
  const tested = readFileSync(join(deploy, "prometheus/rules-test.yaml"), "utf8");
  expect(rules.map(({ alert }) => alert).filter((alert) => !tested.includes(`alertname="${alert}"`))).toEqual(
    [],
  );
});

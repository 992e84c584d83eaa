import { readFile } from "node:fs/promises";
import { environmentVariables } from "@customerio-router/service";
import { expect, test } from "vitest";
import { startDashboard } from "./dashboard-for-tests.ts";

const read = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), "utf8");

test("every variable, command, page and path that the dashboard's documentation names is there", async () => {
  const text = await read("docs/dashboard.md");
  for (const [, name = ""] of text.matchAll(/\b([A-Z]+(?:_[A-Z]+)+)\b/g)) {
    expect(Object.keys(environmentVariables), name).toContain(name);
  }
  const { scripts } = JSON.parse(await read("package.json"));
  for (const [, name = ""] of text.matchAll(/npm run ([\w:]+)/g)) expect(scripts, name).toHaveProperty(name);

  await using dashboard = await startDashboard({ apiToken: "a token of the tests" });
  const operator = await dashboard.operator();
  const { text: first } = await operator.get("/");
  for (const [, page = ""] of text.matchAll(/^\| ([A-Z][\w ]+) \| (?!order)/gm)) {
    if (text.indexOf(`| ${page} |`) < text.indexOf("## Who")) expect(first, page).toContain(`>${page}</a>`);
  }
  const { paths } = JSON.parse((await operator.get("/api/openapi.json")).text);
  const named = [...text.matchAll(/(\/api\/[\w/{}]+)(?=[ `])/g)].map(([, path = ""]) => path);
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(named));
  expect(named).toContain("/api/messages/{messageId}");
});

import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProcess } from "@customerio-router/fixtures";
import { environmentVariables, secretFileVariables } from "@customerio-router/service";
import { describe, expect, test } from "vitest";

const repository = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(repository, path), "utf8");
const documents = globSync(["*.md", "docs/*.md", "apps/*/README.md"], { cwd: repository });
/** Variables that Node reads, and no app of ours. */
const variablesOfNode = ["NODE_EXTRA_CA_CERTS"];
const known = [...Object.keys(environmentVariables), ...secretFileVariables, ...variablesOfNode];
const manifests = globSync(
  ["package.json", "{apps,packages}/*/package.json", "{bench,scripts,test}/package.json"],
  {
    cwd: repository,
  },
);

type Manifest = {
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
};
const manifest = (path: string) => JSON.parse(read(path)) as Manifest;

describe.each(documents)("%s", (path) => {
  const text = read(path);

  test("links to files that exist", () => {
    const targets = [...text.matchAll(/(?:\]\(|src=")([^)"#]+)/g)].map(([, target = ""]) => target);
    const missing = targets.filter(
      (target) => !/^https?:/.test(target) && !existsSync(join(repository, dirname(path), target)),
    );
    expect(missing).toEqual([]);
  });

  test("links to headings that exist", () => {
    const links = [...text.matchAll(/\]\(([^)#:]*)#([^)]+)\)/g)];
    const missing = links.filter(([, target = "", anchor = ""]) => {
      const linked = target === "" ? path : join(dirname(path), target);
      return !anchorsOf(read(linked)).includes(anchor);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });

  test("names paths that exist", () => {
    const paths = [...text.matchAll(/`((?:apps|packages|test|scripts|bench|docs)\/[\w./-]+)`/g)];
    const missing = paths.map(([, name = ""]) => name).filter((name) => !existsSync(join(repository, name)));
    expect(missing).toEqual([]);
  });

  test("names npm scripts that exist", () => {
    const { scripts = {} } = manifest("package.json");
    const named = [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test("names environment variables that are read", () => {
    const named = [
      ...text.matchAll(/`([A-Z]+(?:_[A-Z]+)+)[`=]/g),
      ...text.matchAll(/\b([A-Z]+(?:_[A-Z]+)+)=/g),
    ];
    const unknown = named.map(([, name = ""]) => name).filter((name) => !known.includes(name));
    expect(unknown).toEqual([]);
  });
});

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

test("docs/failures.md has a row for each numbered test, and names the files that prove it", () => {
  const proofs = new Map<string, string[]>();
  for (const path of globSync("{apps,packages,test}/**/*.test.ts", {
    cwd: repository,
    exclude: ["**/node_modules"],
  })) {
    for (const [, number = ""] of read(path).matchAll(/(?<!%)\bF(\d+)\b/g)) {
      const paths = proofs.get(number) ?? [];
      proofs.set(number, paths.includes(path) ? paths : [...paths, path].sort());
    }
  }
  const rows = [...read("docs/failures.md").matchAll(/^\| F(\d+) \|.*\| ([^|]+) \|$/gm)].map(
    ([, number = "", files = ""]) => [number, [...files.matchAll(/`([^`]+)`/g)].map(([, file]) => file)],
  );
  const byNumber = (one: [string, unknown], other: [string, unknown]) => Number(one[0]) - Number(other[0]);
  expect(rows).toEqual([...proofs].sort(byNumber));
});

test("README's table of the environment, .env.example and the reference of commands are as the code has them", async () => {
  await using docs = await startProcess({ entry: "scripts/write-docs.ts", args: ["--check"] });
  expect([await docs.exited, docs.output]).toEqual([{ code: 0, signal: null }, ""]);
});

test("ARCHITECTURE.md has a reason for each dependency, and for no other", () => {
  const rows =
    read("ARCHITECTURE.md")
      .split("## Dependencies")[1]
      ?.matchAll(/^\| (`.+`) \| (.+) \|$/gm) ?? [];
  const reasons = [...rows].flatMap(([, names = ""]) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  const dependencies = manifests.flatMap((path) => {
    const { dependencies = {}, devDependencies = {} } = manifest(path);
    return Object.keys({ ...dependencies, ...devDependencies });
  });
  const foreign = new Set(dependencies.filter((name) => !name.startsWith("@customerio-router/")));
  expect(reasons.toSorted()).toEqual([...foreign].sort());
});

test("ARCHITECTURE.md puts each package under the tag it has", () => {
  const rows = read("ARCHITECTURE.md").matchAll(/^\| `(\w+)` \| ((?:`[\w/-]+`(?:, )?)+) \|/gm);
  const documented = [...rows].flatMap(([, tag, packages = ""]) =>
    [...packages.matchAll(/`([^`]+)`/g)].map(([, path]) => `${path}: ${tag}`),
  );
  const actual = globSync(
    ["{apps,packages}/*/turbo.json", "{bench,scripts,test}/turbo.json", "test/fixtures/turbo.json"],
    {
      cwd: repository,
    },
  ).map((path) => `${dirname(path)}: ${(JSON.parse(read(path)) as { tags: string[] }).tags}`);
  expect(documented.toSorted()).toEqual(actual.toSorted());
});

test("what runs in production depends on neither test fixtures nor, but for its own app, the sandbox", () => {
  const wrong = globSync("{apps,packages}/*/package.json", { cwd: repository }).flatMap((path) =>
    Object.keys(manifest(path).dependencies ?? {})
      .filter((name) => /fixtures|customerio-sandbox/.test(name) && !path.startsWith("apps/sandbox"))
      .map((name) => `${path}: ${name}`),
  );
  expect(wrong).toEqual([]);
});

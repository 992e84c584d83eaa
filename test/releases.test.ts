import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";

const repository = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(repository, path), "utf8");
const versionOf = (path: string) => (JSON.parse(read(path)) as { version: string }).version;
const version = versionOf("package.json");
const image = "customerio-router";

test("every package, the lock file and the image of Kubernetes have the version of the repository", () => {
  const manifests = globSync(
    ["{apps,packages}/*/package.json", "{bench,scripts,test,test/fixtures}/package.json"],
    { cwd: repository },
  );
  expect(manifests.length).toBeGreaterThan(15);
  expect(manifests.filter((path) => versionOf(path) !== version)).toEqual([]);
  expect(versionOf("package-lock.json")).toBe(version);
  const { images } = parse(read("deploy/kubernetes/kustomization.yaml"));
  expect(images).toEqual([
    { name: image, newName: expect.stringMatching(new RegExp(`/${image}$`)), newTag: version },
  ]);
});

test("docker-compose.yml and the manifests of Kubernetes name the same image", () => {
  const { services } = parse(read("docker-compose.yml"), { merge: true }) as {
    services: Record<string, { image: string; build?: string }>;
  };
  const built = Object.values(services).filter(({ build }) => build !== undefined);
  expect(built.map((service) => service.image)).toEqual(
    ["intake", "worker", "dashboard", "sandbox"].map(() => image),
  );
  const named = ["intake", "worker", "dashboard"].map((app) => read(`deploy/kubernetes/${app}.yaml`));
  expect(named.map((text) => /^ +image: (.*)$/m.exec(text)?.[1])).toEqual([image, image, image]);
});

test("the changelog begins with what is not released, and then has each version with its day, newest first", () => {
  const headings = [...read("CHANGELOG.md").matchAll(/^## (.*)$/gm)].map(([, heading = ""]) => heading);
  const [first, ...released] = headings;
  expect(first).toBe("Unreleased");
  expect(released.filter((heading) => !/^\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d$/.test(heading))).toEqual([]);
  const groups = [...read("CHANGELOG.md").matchAll(/^### (.*)$/gm)].map(([, group = ""]) => group);
  expect(new Set(groups).difference(new Set(["Added", "Changed", "Fixed", "Security"]))).toEqual(new Set());
});

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type EnvironmentVariable,
  environmentVariables,
  secretFileVariables,
} from "@customerio-router/service";
import { Deployment, StatefulSet } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, Namespace, PersistentVolumeClaim, Service } from "kubernetes-models/v1";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { findOnPath } from "./find-on-path.ts";

type Mount = { name: string; mountPath: string; readOnly?: true };
type Container = {
  image: string;
  command: string[];
  envFrom: { configMapRef: { name: string } }[];
  ports: { name: string; containerPort: number }[];
  volumeMounts: Mount[];
  [probe: `${string}Probe`]: { httpGet: { path: string; port: string } };
  securityContext: object;
  resources: { requests: object; limits: object };
};
type Volume = { name: string; secret?: { secretName: string; items: { path: string }[] } };
type PodSpec = {
  automountServiceAccountToken: boolean;
  terminationGracePeriodSeconds: number;
  securityContext: object;
  containers: [Container];
  volumes: Volume[];
};
type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  data: Record<string, string>;
  spec: {
    selector: { matchLabels: Record<string, string> };
    template: { metadata: { labels: Record<string, string> }; spec: PodSpec };
    volumeClaimTemplates: { metadata: { name: string }; spec: { accessModes: string[] } }[];
    scaleTargetRef: { kind: string; name: string };
  };
};

const repository = fileURLToPath(new URL("..", import.meta.url));
const folder = join(repository, "deploy/kubernetes");
const read = (name: string) => readFileSync(join(folder, name), "utf8");
const { resources } = parse(read("kustomization.yaml")) as { resources: string[] };
const manifests = resources.flatMap((name) =>
  parseAllDocuments(read(name)).map((document) => document.toJS() as Manifest),
);
const variables: Record<string, EnvironmentVariable> = environmentVariables;
const apps = ["intake", "worker", "dashboard"] as const;
const models = {
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Namespace,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  Service,
  StatefulSet,
};

function find(kind: string, name: string): Manifest {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

const workload = (app: (typeof apps)[number]) => find(app === "intake" ? "StatefulSet" : "Deployment", app);

/** The object, and afterwards the paths of its fields that nobody has read. */
function watchReads<Value extends object>(value: Value): { value: Value; unread: () => string[] } {
  const unread = new Set<string>();
  const watch = <Part extends object>(part: Part, path: string): Part => {
    const watched = Object.entries(part).map(([name, field]) => {
      unread.add(`${path}/${name}`);
      const isPart = typeof field === "object" && field !== null;
      return [name, isPart ? watch(field, `${path}/${name}`) : field];
    });
    const copy = (
      Array.isArray(part) ? watched.map(([, field]) => field) : Object.fromEntries(watched)
    ) as Part;
    return new Proxy(copy, {
      get(target, name, receiver) {
        unread.delete(`${path}/${String(name)}`);
        return Reflect.get(target, name, receiver);
      },
    });
  };
  return { value: watch(value, ""), unread: () => [...unread] };
}

/** The schemas allow unknown fields, so that a misspelled one shows only by not being read. */
function validate(manifest: Manifest): string[] {
  const Model = models[manifest.kind as keyof typeof models];
  const { value, unread } = watchReads(manifest);
  // A model made of the manifest would have read and copied all of it.
  Model.prototype.validate.call(value);
  return unread();
}

test("each manifest is what Kubernetes's schemas allow, without a field that they do not know", () => {
  const files = readdirSync(folder).filter((name) => name !== "kustomization.yaml");
  expect(resources.toSorted()).toEqual(files.sort());
  for (const manifest of manifests) {
    const name = `${manifest.kind} ${manifest.metadata.name}`;
    expect(validate(manifest), name).toEqual([]);
  }
  const wrong = structuredClone(find("Deployment", "worker"));
  Object.assign(wrong.spec.template.spec, { terminationGracePeriod: 30 });
  expect(validate(wrong)).toEqual(["/spec/template/spec/terminationGracePeriod"]);
  Object.assign(wrong.spec.template.spec, { terminationGracePeriodSeconds: "30 s" });
  expect(() => validate(wrong)).toThrow(/terminationGracePeriodSeconds/);
});

if (findOnPath("kubectl")) {
  test("kubectl builds them all in one namespace, with the image of kustomization.yaml", () => {
    const built = execFileSync("kubectl", ["kustomize", folder], { encoding: "utf8" });
    const documents = parseAllDocuments(built).map((document) => document.toJS() as Manifest);
    expect(documents).toHaveLength(manifests.length);
    expect(built).not.toMatch(/image: customerio-router$/m);
  });
}

test.each(apps)("%s runs without root, with a root that is read-only, and shows its health", (app) => {
  const { spec, metadata } = workload(app).spec.template;
  const [container] = spec.containers;
  expect(metadata.labels["app.kubernetes.io/part-of"]).toBe("customerio-router");
  expect(container.command).toEqual(["node", `apps/${app}/src/main.ts`]);
  expect(existsSync(join(repository, container.command[1] ?? ""))).toBe(true);
  expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 });
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
  expect(spec.automountServiceAccountToken).toBe(false);
  expect(container.livenessProbe?.httpGet).toEqual({ path: "/livez", port: "http" });
  expect(container.readinessProbe?.httpGet).toEqual({ path: "/readyz", port: "http" });
  expect(container.resources).toMatchObject({ requests: { cpu: expect.anything() }, limits: {} });
  // A process may take 25 s to stop.
  expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(30);
  const { data } = find("ConfigMap", "customerio-router");
  expect(container.ports).toEqual([
    { name: "http", containerPort: Number(data[`${app.toUpperCase()}_PORT`]) },
  ]);
});

test("the settings are read, valid and no secrets, and each secret is a file of the apps that read it", () => {
  const { data } = find("ConfigMap", "customerio-router");
  const isFile = (name: string) => (secretFileVariables as readonly string[]).includes(name);
  for (const [name, value] of Object.entries(data).filter(([name]) => !isFile(name))) {
    expect(variables[name]?.secret, name).toBeUndefined();
    expect(variables[name]?.schema.safeParse(value), name).toMatchObject({ success: true });
  }
  for (const app of apps) {
    const { containers, volumes } = workload(app).spec.template.spec;
    const mount = containers[0].volumeMounts.find(({ name }) => name === "secrets");
    const { items = [] } = volumes.find(({ name }) => name === "secrets")?.secret ?? {};
    const wanted = Object.entries(data).filter(
      ([name]) => isFile(name) && (app === "dashboard" || !name.startsWith("DASHBOARD_")),
    );
    expect(items.map(({ path }) => `${mount?.mountPath}/${path}`).toSorted(), app).toEqual(
      wanted.map(([, path]) => path).toSorted(),
    );
  }
});

test("each intake has a volume of its own for the spool; workers and dashboard share the archive", () => {
  const { volumeClaimTemplates } = workload("intake").spec;
  expect(volumeClaimTemplates).toMatchObject([
    { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"] } },
  ]);
  for (const app of ["worker", "dashboard"] as const)
    expect(workload(app).spec.template.spec.volumes).toContainEqual({
      name: "data",
      persistentVolumeClaim: { claimName: "archive" },
    });
  const { DATA_DIR } = find("ConfigMap", "customerio-router").data;
  for (const app of apps)
    expect(workload(app).spec.template.spec.containers[0].volumeMounts).toContainEqual({
      name: "data",
      mountPath: DATA_DIR,
    });
});

test("what selects pods selects those there are", () => {
  expect(find("HorizontalPodAutoscaler", "intake").spec.scaleTargetRef).toMatchObject({
    kind: "StatefulSet",
    name: "intake",
  });
  for (const app of ["intake", "worker"] as const)
    expect(find("PodDisruptionBudget", app).spec.selector).toEqual(workload(app).spec.selector);
  for (const app of apps)
    expect(workload(app).spec.template.metadata.labels).toMatchObject(
      workload(app).spec.selector.matchLabels,
    );
  for (const app of ["intake", "dashboard"] as const)
    expect(find("Service", app).spec.selector).toEqual(workload(app).spec.selector.matchLabels);
});

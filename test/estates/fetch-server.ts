import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, globSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const mirror = "http://deb.debian.org/debian";
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * A server of one of Debian's suites, with the libraries of that suite, in a folder of its own: nothing is installed. Gives the
 * path of a script that runs it.
 */
export function fetchServer(options: { suite: string; name: string; folder: string }): string {
  const { suite, name } = options;
  const folder = join(options.folder, `${suite}-${name}`);
  const script = join(folder, name);
  if (existsSync(script)) return script;
  for (const path of ["lists/partial", "cache/archives/partial", "debs", "root"])
    mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, "status"), "");
  writeFileSync(join(folder, "sources.list"), `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`);
  const apt = aptIn(folder);
  apt("apt-get", "-q", "update");
  const libraries = apt("apt-cache", "depends", "--recurse", ...onlyDepends, name)
    .split("\n")
    .filter((line) => /^(lib|lua-)[\w.+-]+$/.test(line));
  const needed = [name, name.replace("-server", "-tools"), ...libraries];
  apt("apt-get", "-q", "download", ...new Set(needed));
  for (const deb of globSync(join(folder, "debs", "*.deb")))
    execFileSync("dpkg-deb", ["-x", deb, join(folder, "root")], { stdio: "pipe" });
  writeFileSync(script, startScript(join(folder, "root"), name));
  chmodSync(script, 0o755);
  return script;
}

const onlyDepends = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map(
  (kind) => `--no-${kind}`,
);

/** Runs apt with sources, lists and packages of this folder, in `debs`. */
function aptIn(folder: string): (command: string, ...args: string[]) => string {
  const settings = {
    "Dir::State::lists": join(folder, "lists"),
    "Dir::State::status": join(folder, "status"),
    "Dir::Cache": join(folder, "cache"),
    "Dir::Etc::sourcelist": join(folder, "sources.list"),
    "Dir::Etc::sourceparts": "/dev/null",
    "APT::Sandbox::User": "root",
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  return (command, ...args) =>
    execFileSync(command, [...options, ...args], {
      cwd: join(folder, "debs"),
      encoding: "utf8",
      stdio: "pipe",
      maxBuffer: 50_000_000,
    });
}

/** By the suite's own loader: its C library may be newer than this machine's. */
function startScript(root: string, name: string): string {
  const [loader = ""] = globSync(join(root, "{lib64,usr/lib64,lib,usr/lib}/**/ld-linux-*.so.*"));
  const libraries = globSync(join(root, "{lib,usr/lib}/*-linux-gnu"));
  const binary = join(root, "usr/bin", name);
  return `#!/bin/sh\nexec ${loader} --library-path ${libraries.join(":")} ${binary} "$@"\n`;
}

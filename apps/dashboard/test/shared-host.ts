import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { freePort, startNginx, temporaryFolder, waitFor } from "@customerio-router/fixtures";

const docs = readFileSync(fileURLToPath(new URL("../../../docs/deploy.md", import.meta.url)), "utf8");
const [, recipe = ""] = /## Behind a shared host[\s\S]*?```nginx\n([\s\S]*?)```/.exec(docs) ?? [];

export type SharedHost = AsyncDisposable & {
  origin: string;
  /** Of the dashboard. */
  url: string;
  /** Where nginx keeps its files. */
  folder: string;
};

/** A host that has the dashboard at `/customerio`, by the lines of docs/deploy.md, and nothing else. */
export async function startSharedHost({ dashboardPort }: { dashboardPort: number }): Promise<SharedHost> {
  await using opening = new AsyncDisposableStack();
  const folder = opening.use(await temporaryFolder());
  const port = await freePort();
  const locations = recipe.replace("127.0.0.1:3001", `127.0.0.1:${dashboardPort}`);
  const log = `access_log ${folder.path}/access.log;`;
  const others = "location / { return 404; } location = /others { return 204; }";
  opening.use(
    await startNginx(folder.path, `server { listen 127.0.0.1:${port}; ${log} ${others}\n${locations} }`),
  );
  const origin = `http://127.0.0.1:${port}`;
  await waitFor(async () => (await fetch(`${origin}/others`)).status === 204, { what: "nginx to listen" });
  const opened = opening.move();
  return {
    origin,
    url: `${origin}/customerio`,
    folder: folder.path,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

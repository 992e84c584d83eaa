import { createRuleStore } from "@customerio-router/connections";
import { freePort } from "@customerio-router/fixtures";
import { recount, startReplay } from "@customerio-router/queue";
import { appendRecords } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { type DashboardForTests, input, password, startDashboard } from "./dashboard-for-tests.ts";
import { failNext } from "./fail-next.ts";
import { record } from "./record.ts";
import { startSharedHost } from "./shared-host.ts";
import { createVisitor } from "./visitor.ts";

const base = "/customerio";

/** Something on every page. */
async function fill({ store, redis, backend }: DashboardForTests): Promise<string> {
  const { id } = await store.ensure(input());
  const rejection = { reason: "no-event", message: "No event" };
  const messageOf = (messageId: string) => ({ type: "track", messageId, userId: "u", event: "Bad" });
  const dataOf = (messageId: string) => ({
    entries: [{ message: messageOf(messageId), rejected: rejection }],
  });
  await backend.queue(id).addBulk(["m2", "m3"].map((each) => ({ name: "Bad", data: dataOf(each) })));
  const jobId = await failNext(redis, id, "No event");
  const failed = { jobId, message: messageOf("m2"), outcome: "rejected" as const, rejection };
  await appendRecords(redis, id, [record("m1"), record("m2", failed)]);
  await startReplay(redis, id, {
    sourceId: id,
    filter: {},
    withState: false,
    asNew: false,
    startedBy: "operator",
  });
  await createRuleStore({ redis }).put(id, { version: 0, rules: [{ name: "One", then: { drop: true } }] });
  await recount(redis, id);
  return id;
}

/** What a page leads to, but for values of fields: these go back to the server, which knows no base path. */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/([\w-]*)=?"(\/[^"]*)"/g)].filter(([, name]) => name !== "value");
  const refreshed = [...text.matchAll(/"0; url=([^"]*)"/g)];
  return [...quoted.map(([, , path = ""]) => path), ...refreshed.map(([, path = ""]) => path)];
}

function isUnder(path: string): boolean {
  return path.startsWith(`${base}/`);
}

test("under a path, every page, link, asset, redirect and cookie is there and answers, Bull Board's too", async () => {
  const port = await freePort();
  await using host = await startSharedHost({ dashboardPort: port });
  await using dashboard = await startDashboard({
    port,
    dashboardUrl: host.url,
    trustProxy: ["loopback"],
    apiToken: "token",
  });
  const id = await fill(dashboard);
  const visitor = createVisitor(host.origin);
  expect(await visitor.get(`${base}/failed?event=Bad`)).toMatchObject({
    status: 303,
    location: `${base}/login?next=%2Ffailed%3Fevent%3DBad`,
  });
  const loggedIn = await visitor.submit(`${base}/login`, { password, next: "/failed?event=Bad" });
  expect(loggedIn.location).toBe(`${base}/failed?event=Bad`);
  expect(loggedIn.headers.getSetCookie()).toEqual([expect.stringContaining(`; Path=${base}/;`)]);

  const problems: string[] = [];
  const visited = new Set<string>();
  const left = [base, `${base}/`, `${base}/styles`, `${base}/runbook`];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (visited.has(path)) continue;
    visited.add(path);
    const { status, text, headers, location } = await visitor.get(path);
    if (status >= 400) problems.push(`${path}: ${status}`);
    const isPage = headers.get("content-type")?.startsWith("text/html");
    const found = isPage ? pathsIn(text) : [];
    if (location !== null) found.push(new URL(location, host.origin).pathname);
    problems.push(...found.filter((each) => !isUnder(each)).map((each) => `${path} leads to ${each}`));
    const here = new URL(/<base href="([^"]*)"/.exec(text)?.[1] ?? path, host.origin);
    const links = isPage ? text.matchAll(/<(?:a|link|script|img)\b[^>]* (?:href|src)="([^"#]+)/g) : [];
    for (const [, link = ""] of links) {
      const url = new URL(link.replaceAll("&amp;", "&"), here);
      if (url.origin === host.origin) left.push(url.pathname + url.search);
    }
  }
  expect(problems).toEqual([]);
  const pages = [...visited].map((path) => new URL(path, host.origin).pathname.slice(base.length));
  expect(pages).toEqual(
    expect.arrayContaining([
      ...["/overview", "/messages", "/message", "/delivery", "/delivery.csv", "/failed", "/failed/group"],
      ...["/failed/edit", "/failed/discard", "/failed/export", "/refused", "/replay", "/erasure", "/alerts"],
      ...["/alerts/channels/new", "/audit", "/audit/export", "/sessions", "/try", "/sources", "/sources/new"],
      ...[`/connections/${id}`, `/connections/${id}/rules`, `/connections/${id}/edit`, "/queues"],
      ...["/assets/dashboard.css", "/assets/plots.js", "/queues/queue/Shop"],
      expect.stringMatching(/^\/queues\/static\/js\/main/),
    ]),
  );

  const jobs = await visitor.get(`${base}/queues/api/queues?activeQueue=Shop&status=failed&page=1`);
  const [queue] = (JSON.parse(jobs.text) as { queues: { jobs: { externalUrl: { href: string } }[] }[] })
    .queues;
  expect(queue?.jobs[0]?.externalUrl.href).toBe(`${base}/message?connection=${id}&id=m2`);
  expect(JSON.parse((await visitor.get(`${base}/api/openapi.json`)).text)).toMatchObject({
    servers: [{ url: base }],
  });
});

test("what is asked for without the path is not found, and says what a proxy must do; probes are answered", async () => {
  await using dashboard = await startDashboard({ dashboardUrl: "https://tools.example.com/customerio/" });
  expect(dashboard.url).toMatch(/:\d+\/customerio$/);
  const direct = createVisitor(new URL(dashboard.url).origin);
  for (const path of ["/", "/login", "/queues", "/api/overview", "/assets/icon.svg", `${base}er/`]) {
    const answer = await direct.get(path);
    expect([answer.status, answer.text]).toEqual([404, expect.stringContaining("must pass this path on")]);
    expect(pathsIn(answer.text).filter((each) => !isUnder(each))).toEqual([]);
  }
  expect((await direct.submit("/login", { password })).headers.getSetCookie()).toEqual([]);
  expect((await direct.get(`${base}${base}/login`)).location).toBe(
    `${base}/login?next=%2Fcustomerio%2Flogin`,
  );
  for (const path of ["/livez", "/readyz", `${base}/livez`, `${base}/login`, `${base}/login?next=/failed`]) {
    expect((await direct.get(path)).status).toBe(200);
  }
  expect((await direct.get("/metrics")).status).toBe(401);
});

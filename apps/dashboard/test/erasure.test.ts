import { expect, test } from "vitest";
import { input, secretKey, startDashboard } from "./dashboard-for-tests.ts";

test("an operator erases a person on the page, sees what is outstanding, and lifts the erasure", async () => {
  await using dashboard = await startDashboard({ secretKey, readOnlyPassword: "may only look" });
  const { id } = await dashboard.store.ensure(input());
  const operator = await dashboard.operator();
  expect((await operator.get("/erasure")).text).toContain("Nobody was erased.");
  const asked = await operator.submit("/erasure", { person: "ada-1815", connection: id });
  expect([asked.status, asked.location]).toEqual([303, "/erasure"]);
  const { text } = await operator.get("/erasure");
  expect(text).toContain("No worker that owns the connection has begun");
  const [, erasure = ""] = /name="id" value="(e[0-9a-f]+)"/.exec(text) ?? [];
  await operator.submit("/erasure/lift", { id: erasure });
  expect((await operator.get("/erasure")).text).toContain("lifted");
  const refused = await operator.submit("/erasure", { person: "email:nobody", connection: id });
  expect([refused.status, refused.text]).toEqual([
    422,
    expect.stringContaining("This is not an email address"),
  ]);
  expect(`${text}${refused.text}${dashboard.log}`).not.toMatch(/ada-1815|email:nobody/);

  const viewer = dashboard.visitor();
  await viewer.submit("/login", { password: "may only look" });
  const page = await viewer.get("/erasure");
  expect([page.status, page.text.includes(erasure)]).toEqual([200, false]);
  expect((await viewer.submit("/erasure", { person: "ada", connection: id })).status).toBe(403);
});

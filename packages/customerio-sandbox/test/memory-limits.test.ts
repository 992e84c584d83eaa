import { describe, expect, test } from "vitest";
import { openSandbox } from "./open-sandbox.ts";
import { anonymousEvent, event, identify, object, ulid } from "./operations.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("The memory", () => {
  test("lets the oldest activity go first", async () => {
    const { batch, activity, sandbox } = await openSandbox({ activityLimit: 10 });
    await batch(...numbers(25).map((nth) => event("u1", `E${nth}`)));
    expect((await activity()).map(({ name }) => name)).toEqual(numbers(10).map((nth) => `E${nth + 15}`));
    expect(sandbox.memory.counts.accepted).toBe(25);
  });

  test("lets the oldest person go first, with all their names, and keeps what they did", async () => {
    const { batch, people, person, activity } = await openSandbox({ peopleLimit: 3 });
    await batch(...numbers(5).map((nth) => identify(`u${nth}`, { email: `u${nth}@example.com` })));
    expect((await people()).map(({ id }) => id)).toEqual(["u5", "u4", "u3"]);
    expect([await person("u1"), await person("u1@example.com")]).toEqual([undefined, undefined]);
    expect(await activity()).toHaveLength(5);
    await batch(identify("u1", { plan: "free" }));
    expect((await person("u1"))?.attributes).toEqual({ id: "u1", plan: "free" });
  });

  test("lets the oldest object go first, with its relationships", async () => {
    const { batch, person, sandbox } = await openSandbox({ peopleLimit: 2 });
    const named = (object_id: string) => ({ object_type_id: "1", object_id });
    const related = { cio_relationships: [{ identifiers: { id: "u1" } }] };
    await batch(identify("u1"));
    for (const id of ["a", "b", "c"]) await batch({ ...object("identify", related), identifiers: named(id) });
    expect(sandbox.memory.workspace.objects.size).toBe(2);
    expect((await person("u1"))?.relationships).toMatchObject([named("b"), named("c")]);
  });

  test("lets the oldest of the ledger go first, and the oldest ULIDs with them", async () => {
    const { batch, get, sandbox } = await openSandbox({ ledgerLimit: 10 });
    await batch(...numbers(15).map((nth) => event("u1", `E${nth}`, { id: ulid(nth) })));
    const { operations } = (await get("/api/operations")).json as { operations: { number: number }[] };
    expect(operations.map(({ number }) => number)).toEqual(numbers(10).map((nth) => nth + 5));
    await batch(event("u1", "E15", { id: ulid(15) }), event("u1", "E1", { id: ulid(1) }));
    expect(sandbox.memory.counts.duplicates).toBe(1);
  });

  test("lets the oldest request go first", async () => {
    const { batch, get } = await openSandbox({ requestLimit: 2 });
    for (const count of numbers(4)) await batch(...numbers(count).map(() => identify("u1")));
    expect((await get("/api/requests")).json).toMatchObject({
      requests: [{ operations: 4 }, { operations: 3 }],
    });
  });

  test("forgets an anonymous event that lost its place before somebody got its id", async () => {
    const { batch, activity } = await openSandbox({ activityLimit: 3 });
    await batch(...numbers(5).map((nth) => anonymousEvent("cookie", `E${nth}`)));
    await batch(identify("u1", { anonymous_id: "cookie" }));
    expect((await activity()).map(({ name, person }) => [name, person?.id])).toEqual([
      ["E4", "u1"],
      ["E5", "u1"],
      ["id, anonymous_id", "u1"],
    ]);
  });

  test("goes on after it has been full for long, and emptied, and full again", async () => {
    const { batch, send, people } = await openSandbox({ peopleLimit: 5, activityLimit: 5, ledgerLimit: 5 });
    for (let round = 0; round < 3; round++) {
      for (let nth = 0; nth < 200; nth += 50) {
        await batch(...numbers(50).map((each) => identify(`u${nth + each}`)));
      }
      expect((await people()).map(({ id }) => id)).toEqual(["u200", "u199", "u198", "u197", "u196"]);
      await send("DELETE", "/api/memory");
    }
  });

  test("can be the ledger alone, which still knows duplicates", async () => {
    const { batch, people, activity, sandbox } = await openSandbox({ memory: "ledger" });
    await batch(
      identify("u1"),
      event("u1", "Bought", { id: ulid(1) }),
      event("u1", "Bought", { id: ulid(1) }),
    );
    expect([await people(), await activity()]).toEqual([[], []]);
    expect(sandbox.memory.counts).toMatchObject({ accepted: 3, duplicates: 1 });
    expect(sandbox.memory.ledger.size).toBe(3);
  });

  test("can be counts alone", async () => {
    const { batch, sandbox } = await openSandbox({ memory: "counts" });
    await batch(identify("u1"), event("u1", "Bought"), event("u1", ""));
    expect(sandbox.memory.counts).toMatchObject({ accepted: 2, refused: 1, byAction: { "person event": 1 } });
    expect(sandbox.memory.ledger.size).toBe(0);
  });
});

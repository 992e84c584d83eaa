import { expect, test } from "vitest";
import { fairShare, findSurplus, type OwnedConnection } from "../src/ownership/fair-share.ts";

test.each([
  { connections: 0, workers: 1, share: 0 },
  { connections: 5, workers: 1, share: 5 },
  { connections: 5, workers: 2, share: 3 },
  { connections: 2, workers: 3, share: 1 },
])("of $connections connections each of $workers workers takes at most $share", (row) => {
  expect(fairShare(row.connections, row.workers)).toBe(row.share);
});

const own = (id: string): OwnedConnection => ({ id, isValid: true, isAdopted: false });
const adopt = (id: string): OwnedConnection => ({ ...own(id), isAdopted: true });
const lose = (one: OwnedConnection): OwnedConnection => ({ ...one, isValid: false });

test.each([
  ["nothing within the share", [own("a"), own("b")], 2, []],
  ["the newest beyond it", [own("a"), own("b"), own("c")], 2, ["c"]],
  ["everything when there is no share", [own("a"), own("b")], 0, ["a", "b"]],
  ["no adopted connection, which the share does not count", [adopt("a"), own("b"), adopt("c")], 1, []],
  ["what was lost, which the share does not count", [lose(own("a")), own("b"), own("c")], 2, ["a"]],
  ["an adopted connection that was lost", [own("a"), lose(adopt("b"))], 1, ["b"]],
])("a worker gives up %s", (_, owned, share, surplus) => {
  expect(findSurplus(owned, share)).toEqual(surplus);
});

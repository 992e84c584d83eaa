import { type Account, waitFor } from "@customerio-router/fixtures";
import { clean, type Link } from "../system.ts";

const restMs = 90_000;

type Checked = { text: string; wrong: string | undefined };

/** Waits until all is delivered or rejected, for 90 s at most. @returns of each connection what was seen and what is wrong */
export async function checkAtRest(links: Link[]): Promise<Checked[]> {
  const checkAll = () => Promise.all(links.map((link) => link.check()));
  const isAtRest = async () => (await checkAll()).every(isDone);
  // What is not at rest by then is told as wrong.
  await waitFor(isAtRest, { what: "the rest", timeoutMs: restMs, pollMs: 200 }).catch(() => {});
  return (await checkAll()).map((account) => ({ text: describe(account), wrong: findWrong(account) }));
}

function isDone({ acked, delivered, rejected, waiting }: Account): boolean {
  return delivered + rejected === acked && waiting === 0;
}

function describe({ acked, delivered, rejected, repeated }: Account): string {
  return `${acked} acknowledged, ${delivered} delivered, ${rejected} rejected, ${repeated} sent again unseen`;
}

/** The names and numbers of what is wrong, with examples. */
function findWrong(account: Account): string | undefined {
  const { rejected: _expected, ...expected } = clean;
  const found = Object.keys(expected).flatMap((name) => {
    const value = account[name as keyof typeof expected];
    const count = typeof value === "number" ? value : value.length;
    const examples = typeof value === "number" ? "" : ` (${value.slice(0, 3).join("; ")})`;
    return count === 0 ? [] : [`${count} ${name}${examples}`];
  });
  return found.length === 0 ? undefined : found.join(", ");
}

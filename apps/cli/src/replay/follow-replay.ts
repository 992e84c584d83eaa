import type { ReplayPreview } from "@customerio-router/connections";
import { isEnded, type Replay } from "@customerio-router/queue";
import type { OpenConnections } from "../connections/open-connections.ts";
import { createProgress } from "../import/progress.ts";
import { printResult } from "../print-result.ts";
import { feedFile } from "./feed-file.ts";
import { formatReplay } from "./format-replay.ts";
import type { ReplayPlan } from "./plan-replay.ts";
import { watchReplay } from "./watch-replay.ts";

/** Shows a replay until it ends or Ctrl-C, and feeds the file that it is of. Prints how it stands then. */
export async function followReplay(
  { redis, secretKey }: OpenConnections,
  { target, file }: ReplayPlan,
  started: { replay: Replay; preview?: ReplayPreview | undefined; json: true | undefined },
): Promise<void> {
  const { replay, preview, json } = started;
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort()).once("SIGTERM", () => interrupted.abort());
  const progress = createProgress({ output: process.stderr });
  console.error(
    `Replay ${replay.id}. To pause or cancel it: npm run cli -- replay pause|cancel ${replay.id}`,
  );
  const fed = new AbortController();
  const { signal } = interrupted;
  const feeding =
    file === undefined
      ? undefined
      : feedFile({ redis, secretKey, replay, target, file, signal }).finally(() => fed.abort());
  const untilFed = AbortSignal.any([signal, fed.signal]);
  const watching = watchReplay({ redis, replay, progress, signal: untilFed });
  const [now] = await Promise.all([watching, feeding]).finally(progress.end);
  const text = formatReplay({ replay: now, connection: target.name });
  const hint = isEnded(now) ? "" : `\n${howToGoOn(now)}`;
  printResult({ text: text + hint, json: { preview, replay: now } }, { json });
  if (isEnded(now) ? now.state !== "done" : file !== undefined) process.exitCode = 1;
}

function howToGoOn({ id, file }: Replay): string {
  if (file) return "Stopped. Run the same command to continue.";
  return `It goes on without this command. Pause it: npm run cli -- replay pause ${id}. Cancel it: npm run cli -- replay cancel ${id}`;
}

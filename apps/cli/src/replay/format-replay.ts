import { leftOutReasons, type Replay } from "@customerio-router/queue";
import { formatTable } from "../format-table.ts";
import { count, countOf } from "../in-words.ts";

export type NamedReplay = { replay: Replay; connection: string };

export function formatReplays(replays: NamedReplay[]): string {
  if (replays.length === 0) return "There are no replays.";
  return formatTable(
    ["Id", "Connection", "State", "Read", "Added", "Delivered", "Started", "By", ""],
    replays.map(({ replay, connection }) => [
      replay.id,
      connection,
      replay.state,
      count(replay.read),
      count(replay.added),
      count(replay.outcomes.delivered),
      new Date(replay.createdAtMs).toISOString().slice(0, 16),
      replay.startedBy,
      replay.note ?? "",
    ]),
  );
}

/** A replay with all its numbers. */
export function formatReplay({ replay, connection }: NamedReplay): string {
  const { id, state, read, expected, added, leftOut, outcomes, note, filter, withState, asNew, file } =
    replay;
  const { delivered, skipped, rejected } = outcomes;
  const settled = delivered + skipped + rejected;
  const progress =
    expected === undefined ? countOf(read, "message") : `${count(read)} of ${countOf(expected, "message")}`;
  return [
    `${id}: ${state}, into ${connection}${file ? ` from ${file.name}` : ""}`,
    ...(note ? [`  ${note}`] : []),
    `  ${progress} read, ${count(added)} added`,
    ...Object.entries(leftOut).map(
      ([reason, number]) =>
        `  ${count(number)} left out: ${leftOutReasons[reason as keyof typeof leftOutReasons] ?? reason}`,
    ),
    `  ${count(delivered)} delivered, ${count(skipped)} skipped, ${count(rejected)} rejected, ${count(Math.max(0, added - settled))} waiting`,
    ...(Object.keys(filter).length > 0 ? [`  filter: ${JSON.stringify(filter)}`] : []),
    ...(withState ? ["  with state"] : []),
    ...(asNew ? ["  as new"] : []),
  ].join("\n");
}

import type { Entry } from "@customerio-router/messages";
import type { RedisClient } from "@customerio-router/redis";
import { addPortion, type Portion, type PortionResult } from "./add-portion.ts";
import { createOwnShare } from "./own-share.ts";
import type { Replay, ReplayLine } from "./replay.ts";
import { type ReplayTurn, readReplayTurn } from "./replay-turn.ts";
import { type LeftOutReason, toReplayedEntry } from "./replayed-entry.ts";
import { endReplay, noteOfReplay } from "./store-replay.ts";

/** A small portion keeps live messages that come behind it from waiting, and costs hardly more than a large one. */
const portionMessages = 100;
/** A portion's lines that are left out at most, so that the cursor moves. */
const portionLines = 2_000;
/** While a portion is delivered, the pause grows up to this. */
const longestWaitMs = 250;
/** A portion may take long because Customer.io is slow. */
const longestRestMs = 1_000;

/** A line to replay, and the cursor behind it. `line` is undefined where it cannot be read. */
export type LineToReplay = { line: ReplayLine | undefined; cursor: string };

/** The erased people, as this process knows them. */
export type KnownErased = {
  /** What is kept of an entry: `erased` is set if its person is erased in the connection. */
  pass(connectionId: string, entry: Entry): Entry;
  /** Reads them again. */
  refresh(): Promise<void>;
};

export type RunReplayOptions = {
  redis: RedisClient;
  replay: Replay;
  people: KnownErased;
  /** The fencing token of the connection's owner; none for who feeds a file. */
  token?: string;
  limits: () => { limiter: { max: number; duration: number }; batchOperations: number };
  /** The lines behind a cursor; empty: all of them. */
  read: (cursor: string) => AsyncGenerator<LineToReplay, void, undefined>;
  /** False once it must not go on. */
  mayGo: () => boolean;
  /** Resolves after this long, or when it may be worth looking again. */
  wait: (ms: number) => Promise<void>;
};

/** `ended`: all is added and settled. `stopped`: it was paused, cancelled or forgotten. */
export type ReplayRun = "ended" | "stopped";

/**
 * Runs a replay, portion by portion: each is added once the former one is settled and next to nothing else waits, so that
 * live messages find the queue as short as without it.
 */
export async function runReplay(options: RunReplayOptions): Promise<ReplayRun> {
  const { redis, replay, people, token, limits, mayGo } = options;
  const place = { connectionId: replay.connectionId, id: replay.id, ...(token !== undefined && { token }) };
  const teller = createTeller(options);
  const share = createOwnShare();
  let lines: AsyncGenerator<LineToReplay, void, undefined> | undefined;
  let readTo: string | undefined;
  let erasures: number | undefined;
  let waitedMs = 0;
  /** The last portion, and the live messages received before it. */
  let last = { addedAtMs: 0, live: 0 };
  try {
    while (mayGo()) {
      const turn = await readReplayTurn(redis, replay, limits().limiter);
      if (turn?.state !== "running") return "stopped";
      if (turn.waitsFor !== "go") {
        waitedMs = Math.min(longestWaitMs, Math.max(turn.waitMs, waitedMs * 1.5));
        await teller.tell(turn.waitsFor);
        await options.wait(waitedMs);
        continue;
      }
      waitedMs = 0;
      // Beside live messages it rests as long as its portion took: on a busy machine they need the processor too.
      const restMs =
        turn.live === last.live ? 0 : Math.min(longestRestMs, performance.now() - last.addedAtMs);
      last.live = turn.live;
      if (last.addedAtMs > 0 && restMs > 0) {
        last.addedAtMs = 0;
        await options.wait(restMs);
        continue;
      }
      const { limiter, batchOperations } = limits();
      const own = share.room(limiter);
      if (own.requests <= 0) {
        await options.wait(Math.min(longestWaitMs, own.waitMs));
        continue;
      }
      if (lines === undefined || readTo !== turn.cursor) {
        await lines?.return();
        lines = options.read(turn.cursor);
      }
      if (erasures !== turn.erasures) {
        await people.refresh();
        erasures = turn.erasures;
      }
      const messages = Math.min(portionMessages, Math.min(own.requests, turn.requests) * batchOperations);
      const portion = await gather(lines, { replay, people, turn, messages, mayGo });
      if (!mayGo()) return "stopped";
      if (portion.lines === 0) {
        await endReplay(redis, replay, { state: "done" });
        return "ended";
      }
      const result: PortionResult = await addPortion(redis, place, portion);
      if (result === "gone" || result === "fenced") return "stopped";
      readTo = result === "added" ? portion.cursor : undefined;
      last = { addedAtMs: performance.now(), live: turn.live };
      if (result === "added") share.count(Math.ceil(portion.entries.length / batchOperations));
    }
    return "stopped";
  } finally {
    // What it reads right now is not waited for.
    void lines?.return().catch(() => {});
  }
}

/** The next lines, with as many messages as a portion may have. */
async function gather(
  lines: AsyncGenerator<LineToReplay, void, undefined>,
  {
    replay,
    people,
    turn: { cursor: after, erasures },
    messages,
    mayGo,
  }: Pick<RunReplayOptions, "replay" | "people" | "mayGo"> & { turn: ReplayTurn; messages: number },
): Promise<Portion> {
  const portion: Portion = { after, erasures, cursor: after, lines: 0, entries: [], leftOut: new Map() };
  const leaveOut = (reason: LeftOutReason) =>
    portion.leftOut.set(reason, (portion.leftOut.get(reason) ?? 0) + 1);
  while (portion.entries.length < messages && portion.lines < portionLines && mayGo()) {
    const next = await lines.next();
    if (next.done) break;
    const { line, cursor } = next.value;
    portion.lines += 1;
    portion.cursor = cursor;
    if (line === undefined) {
      leaveOut("unreadable");
      continue;
    }
    const replayed = toReplayedEntry(line, replay, Date.now());
    if ("leftOut" in replayed) leaveOut(replayed.leftOut);
    else if (people.pass(replay.connectionId, replayed.entry).erased) leaveOut("erased");
    else portion.entries.push(replayed.entry);
  }
  return portion;
}

/** Why it waits, for people. What passes within a second they need not read. */
const notes: { [reason in ReplayTurn["waitsFor"]]?: string } = {
  paused: "The connection is paused: the replay goes on when it is resumed",
  live: "Live messages wait: they come first",
  settling: "Its last messages are not delivered yet: see the connection's status",
  limiter: "Live messages use the connection's limiter: they come first",
};
const tellAfterMs = 2_000;

function createTeller({ redis, replay }: Pick<RunReplayOptions, "redis" | "replay">) {
  let reason: string | undefined;
  let sinceMs = 0;
  let isTold = false;
  return {
    async tell(waitsFor: ReplayTurn["waitsFor"]): Promise<void> {
      if (waitsFor !== reason) {
        reason = waitsFor;
        sinceMs = performance.now();
        isTold = false;
      }
      if (isTold || performance.now() - sinceMs < tellAfterMs) return;
      isTold = true;
      await noteOfReplay(redis, replay, notes[waitsFor] ?? "");
    },
  };
}

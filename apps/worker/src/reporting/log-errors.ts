import { explainRedisReply, type RedisHealth } from "@customerio-router/redis";
import type { Logger } from "@customerio-router/service";

/** Where in a message's way something failed. */
export type Stage =
  | "take"
  | "map"
  | "deliver"
  | "settle"
  | "record"
  | "archive"
  | "replay"
  | "erase"
  | "lease"
  | "upkeep"
  | "alert";

export type OnError = (stage: Stage, error: unknown) => void;

const sentences: Record<Stage, string> = {
  take: "could not take jobs from the queue; trying again",
  map: "could not read a job; it is kept as failed",
  deliver: "could not send; trying again",
  settle: "could not write the outcomes of messages; trying again",
  record: "could not write records or counts; some may be missing",
  archive: "could not archive settled messages; they stay in Redis, and it tries again",
  replay: "could not go on with a replay; trying again",
  erase: "could not finish an erasure; trying again",
  lease: "could not take, update or leave a connection; trying again",
  upkeep: "could not trim jobs and records in Redis; trying again",
  alert: "could not watch for alerts or tell them; trying again",
};

/**
 * Logs errors that a worker survives, each with its stage. Why Redis cannot serve is logged by `health`, once and not for
 * each try; that it is asked shows soon that Redis can again.
 */
export function logErrors(logger: Logger, health?: Pick<RedisHealth, "problem" | "findProblem">): OnError {
  return (stage, error) => {
    if (health?.problem && error instanceof Error && explainRedisReply(error)) void health.findProblem();
    else logger.warn({ err: error, stage }, sentences[stage]);
  };
}

import type { Logger } from "@customerio-router/service";

/** Where in a message's way something failed. */
export type Stage = "take" | "map" | "deliver" | "settle" | "record" | "lease" | "upkeep";

export type OnError = (stage: Stage, error: unknown) => void;

const sentences: Record<Stage, string> = {
  take: "could not take jobs from the queue; trying again",
  map: "could not read a job; it is kept as failed",
  deliver: "could not send; trying again",
  settle: "could not write what became of messages; trying again",
  record: "could not write records or counts; some may be missing",
  lease: "could not take up, update or leave a connection; trying again",
  upkeep: "could not trim what Redis keeps; trying again",
};

/** Logs errors that a worker survives, each with its stage. */
export function logErrors(logger: Logger): OnError {
  return (stage, error) => logger.warn({ err: error, stage }, sentences[stage]);
}

import type { Entry } from "@customerio-router/messages";
import type { TakenJob } from "@customerio-router/queue";
import type { CompiledRules, FailedRule } from "@customerio-router/rules";
import type { OnError } from "../../reporting/log-errors.ts";
import type { RememberedTries } from "../../retry/remembered-tries.ts";
import type { Suspects } from "../../retry/suspects.ts";
import type { Hand } from "../hand.ts";
import type { Dispatcher } from "../send/dispatcher.ts";
import type { Settler } from "../settle/settler.ts";
import { type MapSettings, mapJob } from "./map-job.ts";

/** Maps a taken job and takes it in hand; what has nothing to send is settled at once. */
export type Admission = (taken: TakenJob) => Promise<void>;

export function createAdmission(options: {
  hand: Hand;
  tries: RememberedTries;
  suspects: Pick<Suspects, "isSuspect">;
  dispatcher: Pick<Dispatcher, "standAside">;
  settler: Pick<Settler, "settleTaken">;
  settings: () => MapSettings;
  /** What is kept of an entry. */
  pass: (entry: Entry) => Entry;
  rules: CompiledRules | undefined;
  onRulesFailed: (entry: Entry, failed: readonly FailedRule[]) => void;
  onError: OnError;
}): Admission {
  const { hand, tries, suspects, dispatcher } = options;
  let sequence = 0;

  return async (taken) => {
    // A promoted replica that missed the take gives out the same job again.
    hand.drop(taken.id);
    const job = mapJob({
      taken,
      settings: options.settings(),
      nextSequence: () => sequence++,
      triesOf: tries.of,
      pass: options.pass,
      rules: options.rules,
      onRulesFailed: options.onRulesFailed,
    });
    const suspicious = tries.isEmpty
      ? []
      : job.messages.flatMap(({ operations }) => operations).filter(suspects.isSuspect);
    for (const operation of suspicious) operation.place = "resting";
    hand.add(job);
    if (suspicious.length > 0) dispatcher.standAside(suspicious);
    if (taken.problem) options.onError("map", new Error(taken.problem.message));
    await options.settler.settleTaken(job);
  };
}

import {
  type ConnectionStore,
  type IntakeRules,
  type StoredRulesById,
  watchIntakeRules,
} from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import type { Spool } from "./spool/spool.ts";

const note = "rules";

/** The rules that run before messages are kept. The spool keeps them, so that an intake that starts without Redis knows them too. */
export async function openIntakeRules(options: {
  redis: RedisClient;
  store: ConnectionStore;
  secretKey: string | undefined;
  spool: Pick<Spool, "readNote" | "keepNote"> | undefined;
}): Promise<IntakeRules> {
  const { spool, ...more } = options;
  const kept = await spool?.readNote(note);
  let text = kept;
  const rules = watchIntakeRules({
    ...more,
    formerly: kept === undefined ? undefined : (JSON.parse(kept) as StoredRulesById),
    onRead(rules) {
      const read = JSON.stringify(rules);
      // That there are none is kept too: without the note an intake that starts waits for Redis to say it.
      if (read === text) return;
      text = read;
      spool?.keepNote(note, read);
    },
  });
  await rules.begun;
  return rules;
}

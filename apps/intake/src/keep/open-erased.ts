import { type ErasedPeople, type StoredList, watchErased } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import type { Spool } from "./spool/spool.ts";

const note = "erased";

/** The erased people. The spool keeps the list, so that an intake that starts without Redis knows them too. */
export async function openErased(options: {
  redis: RedisClient;
  secretKey: string | undefined;
  spool: Pick<Spool, "readNote" | "keepNote"> | undefined;
}): Promise<ErasedPeople> {
  const { redis, secretKey, spool } = options;
  const kept = await spool?.readNote(note);
  return watchErased({
    redis,
    secretKey,
    formerly: kept === undefined ? undefined : (JSON.parse(kept) as StoredList),
    onChange: (list) => spool?.keepNote(note, JSON.stringify(list)),
  });
}

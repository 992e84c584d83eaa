import type { ConnectionStore, RuleStore, SourceStore } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import type { VisibleArchive } from "../archive/visible-archive.ts";
import type { Privacy } from "../privacy/privacy.ts";
import type { ConnectionQueues } from "../queues/connection-queues.ts";

/** What the pages about messages need. */
export type MessagesContext = {
  store: ConnectionStore;
  sources: SourceStore;
  rules: RuleStore;
  redis: RedisClient;
  queues: ConnectionQueues;
  privacy: Privacy;
  archive: VisibleArchive;
};

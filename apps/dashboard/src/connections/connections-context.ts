import type { ConnectionStore, RuleStore, SourceStore } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import type { VisibleArchive } from "../archive/visible-archive.ts";
import type { ConnectionQueues } from "../queues/connection-queues.ts";

/** What the pages about connections and sources need. */
export type ConnectionsContext = {
  store: ConnectionStore;
  sources: SourceStore;
  rules: RuleStore;
  redis: RedisClient;
  queues: ConnectionQueues;
  archive: VisibleArchive;
  /** ALLOW_CUSTOM_TRACK_URL: the form offers a URL of its own. */
  allowCustomTrackUrl: boolean;
  /** Where senders reach the intake, for the calls to copy; `undefined`: this host at `intakePort`. */
  intakeUrl: string | undefined;
  /** Where this dashboard reaches the intake; without it, where senders do. */
  intakeInternalUrl: string | undefined;
  intakePort: number;
};

import type { Archive } from "@customerio-router/archive";
import type {
  Connection,
  ConnectionStore,
  ErasedPeople,
  Erasure,
  ErasurePart,
} from "@customerio-router/connections";
import type { Lease } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import type { Archiving } from "../archive/start-archiving.ts";
import type { Replays } from "../replay/start-replaying.ts";

/** What every step of an erasure works with. */
export type EraseContext = {
  redis: RedisClient;
  store: ConnectionStore;
  secretKey: string | undefined;
  archive: Archive | undefined;
  archiving: Pick<Archiving, "isOn" | "idle">;
  replays: Pick<Replays, "halt" | "resume">;
  people: ErasedPeople;
  /** Runs the work while nothing of the connection is in hand. False when the connection is not owned. */
  suspend: (connectionId: string, work: () => Promise<void>) => Promise<boolean>;
  /** False once the process stops: what is left, the next owner does. */
  mayGoOn: () => boolean;
};

/** Where it is erased. */
export type Owned = { connection: Connection; lease: Lease };

/** An erasure of this connection, with what its owner knows of it. */
export type Task = { erasure: Erasure; part: ErasurePart; people: string[] };

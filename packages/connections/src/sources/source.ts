import type { ConnectionProblem } from "../connection.ts";

export const sourceKinds = ["browser", "server", "mobile"] as const;

/** What sends the calls. Anybody can read the write key of a browser's or a mobile app's source. */
export type SourceKind = (typeof sourceKinds)[number];

/** What a sender authenticates with; unique among all sources. */
export type WriteKey = {
  id: string;
  key: string;
  /** ISO 8601. */
  createdAt: string;
};

/** Where calls come from: what is sent with one of its write keys goes to each of its connections. */
export type Source = {
  id: string;
  /** Unique among sources, without regard to case. */
  name: string;
  kind: SourceKind;
  /** One or two, the newest last: with two, a key is replaced without a gap. */
  writeKeys: WriteKey[];
  /** Web pages that may send, such as `https://shop.example`; none: pages of any site. Only of a browser's source. */
  origins: string[];
  /** Ids of the connections that it feeds. */
  connections: string[];
  /** Its own limit, for each intake; null: RATE_LIMIT_PER_KEY. */
  messagesPerSecond: number | null;
  /** Its calls are acknowledged and dropped. */
  paused: boolean;
  /** ISO 8601. */
  createdAt: string;
  /** ISO 8601. */
  updatedAt: string;
};

export type SourceInput = {
  name: string;
  kind: SourceKind;
  origins?: string[] | undefined;
  connections?: string[] | undefined;
  messagesPerSecond?: number | null | undefined;
  paused?: boolean | undefined;
  /** Made from random bytes when left out. */
  writeKey?: string | undefined;
};

/** What is left out stays as it is. Write keys are added and retired one by one. */
export type SourcePatch = Partial<Omit<SourceInput, "writeKey">>;

export type SavedSource = { ok: true; source: Source } | { ok: false; problems: ConnectionProblem[] };

export type SavedWriteKey = { ok: true; writeKey: WriteKey } | { ok: false; problems: ConnectionProblem[] };

/** A source has at most this many write keys: the one in use, and the one that replaces it. */
export const maxWriteKeys = 2;

/** What happens to its calls: `paused` and `no-connection` are acknowledged, counted and dropped. */
export const sourceStates = ["active", "paused", "no-connection"] as const;

export type SourceState = (typeof sourceStates)[number];

export function sourceStateOf({ paused, connections }: Source): SourceState {
  if (paused) return "paused";
  return connections.length === 0 ? "no-connection" : "active";
}

/** What intakes need to know of a source. */
export type Route = {
  /** Of the source. */
  id: string;
  /** Left out where a former version's spool tells it: such a source counts as a server, as it did then. */
  kind?: SourceKind;
  origins: readonly string[];
  connections: readonly string[];
  messagesPerSecond: number | null;
  isPaused: boolean;
};

export function routeOf({ id, kind, origins, connections, messagesPerSecond, paused }: Source): Route {
  return { id, kind, origins, connections, messagesPerSecond, isPaused: paused };
}

/** The route of a source that a connection has in its record, which has the same id. */
export function ownRoute(connectionId: string, kind?: SourceKind): Route {
  return {
    id: connectionId,
    ...(kind && { kind }),
    origins: [],
    connections: [connectionId],
    messagesPerSecond: null,
    isPaused: false,
  };
}

export type RedisAddress = { host: string; port: number; family?: number };

type Login = { username?: string; password?: string };

/** What a REDIS_URL names, in one of its forms. */
export type RedisTarget =
  | (Login & { kind: "server"; address: RedisAddress; isTls: boolean; db: number })
  | (Login & { kind: "socket"; path: string; db: number })
  | (Login & { kind: "cluster"; nodes: RedisAddress[]; isTls: boolean })
  | (Login & {
      kind: "sentinel";
      sentinels: RedisAddress[];
      /** Of the primary, as the Sentinels call it. */
      name: string;
      isTls: boolean;
      db: number;
      sentinelUsername?: string;
      sentinelPassword?: string;
    });

/** A problem ends the sentence that begins with REDIS_URL, and quotes no secret. */
export type ReadRedisUrl = { ok: true; target: RedisTarget } | { ok: false; problem: string };

export function refuse(problem: string): ReadRedisUrl {
  return { ok: false, problem };
}

/** Where a first connection goes; a socket has no address. */
export function firstAddress(target: RedisTarget): RedisAddress | undefined {
  if (target.kind === "socket") return undefined;
  if (target.kind === "server") return target.address;
  return target.kind === "cluster" ? target.nodes[0] : target.sentinels[0];
}

import { keyPrefix } from "../keys/key-prefix.ts";

/** A problem with Redis, as a sentence with advice for an operator. Contains no address and no secret. */
export type RedisProblem = {
  sentence: string;
  /** True when waiting does not help: only a person can correct it. */
  isLasting: boolean;
  /** Redis answers, and refuses writes. */
  refusesWrites?: true;
};

/** Explains a text that matches. `REPLY` in its sentence is replaced by Redis's reply. */
export type RedisProblemRule = Omit<RedisProblem, "isLasting"> & { matches: RegExp; isLasting?: boolean };

/** Known from INFO as well as from replies. */
export const replica: RedisProblem = {
  sentence: "Redis is a replica and refuses writes: point REDIS_URL to the primary, or promote this replica.",
  // A promotion may be under way.
  isLasting: false,
  refusesWrites: true,
};
export const clusterByOneAddress: RedisProblem = {
  sentence:
    "Redis belongs to a cluster, but REDIS_URL names one address: write it as redis+cluster://host:port, or list the cluster's nodes, separated by commas.",
  isLasting: true,
};
/** All that is known when a connection breaks before Redis has said anything. */
export const breaksOff: RedisProblem = {
  sentence: "Redis closes connections, or does not answer in time: retrying.",
  isLasting: false,
};

const allow = `allow it to the user in REDIS_URL: ACL SETUSER <user> +@all ~${keyPrefix}:* &${keyPrefix}:*`;

/** For Redis's replies. The first rule that matches counts; a reply that matches none is shown unchanged. */
export const replyRules: RedisProblemRule[] = [
  { matches: /\bREADONLY\b/, ...replica },
  { matches: /\bLOADING\b/, sentence: "Redis is loading its data from disk: wait until it has finished." },
  {
    matches: /\bMASTERDOWN\b/,
    refusesWrites: true,
    sentence: "Redis is a replica that lost its primary: bring the primary back, or promote this replica.",
  },
  {
    matches: /\bMISCONF\b/,
    refusesWrites: true,
    sentence: "Redis cannot write to its disk and refuses writes: make room there, or read Redis's log.",
  },
  {
    matches: /\bNOREPLICAS\b/,
    refusesWrites: true,
    sentence:
      "Redis refuses writes, because it has fewer replicas than its setting min-replicas-to-write: bring replicas back, or lower the setting.",
  },
  {
    matches: /\bOOM\b/,
    sentence: "Redis is full: raise its maxmemory, or wait until messages have been delivered.",
  },
  { matches: /\b(MOVED|CROSSSLOT)\b|not allowed in cluster mode/, ...clusterByOneAddress },
  {
    matches: /cluster support disabled/,
    isLasting: true,
    sentence:
      "REDIS_URL lists several addresses, but they are not a Redis Cluster: give only the address of the primary.",
  },
  {
    matches: /DB index|invalid DB/,
    isLasting: true,
    sentence:
      "Redis does not have the database number in REDIS_URL: choose one that exists, such as /0, or raise Redis's setting databases.",
  },
  {
    matches: /\bWRONGPASS\b|invalid (username-)?password/,
    isLasting: true,
    sentence: "Redis refuses the user or password in REDIS_URL: correct them.",
  },
  {
    matches: /\bNOAUTH\b/,
    isLasting: true,
    sentence: "Redis requires a password: add it to REDIS_URL, as redis://:<password>@host:port.",
  },
  {
    matches: /NOPERM|No permission|ACL failure|can't run this command/i,
    isLasting: true,
    sentence: `Redis forbids what is needed (REPLY): ${allow}.`,
  },
  {
    matches: /unknown (redis )?command/i,
    isLasting: true,
    sentence:
      "Redis does not know a command that is needed (REPLY): remove rename-command from its settings, and connect to Redis 6.2 or newer itself, not to a proxy.",
  },
];

/** For errors of ioredis without a reply. */
export const clientRules: RedisProblemRule[] = [
  {
    matches: /Command timed out/,
    sentence: "Redis did not answer in time: check its load and the network.",
  },
  {
    matches:
      /Stream isn't writeable|Cluster isn't ready|None of startup nodes|Failed to refresh slots|Connection is closed|max retries per request|aborted due to connection close/,
    sentence: "There is no connection to Redis: it is restored as soon as Redis answers.",
  },
];

/** For errors of the socket to Redis. */
export const networkRules: RedisProblemRule[] = [
  {
    matches: /All sentinels are unreachable.*(WRONGPASS|NOAUTH|NOPERM)/,
    isLasting: true,
    sentence:
      "The Sentinels refuse the user or password: write them into REDIS_URL as sentinelUsername and sentinelPassword.",
  },
  {
    matches: /No such master with that name/,
    isLasting: true,
    sentence: "The Sentinels do not know the primary that REDIS_URL names: correct the name after the slash.",
  },
  {
    matches: /All sentinels are unreachable/,
    sentence: "No Sentinel in REDIS_URL answers: start them, or correct their addresses.",
  },
  {
    matches: /ECONNREFUSED/,
    sentence: "Nothing listens at the address in REDIS_URL: start Redis, or correct the address.",
  },
  {
    matches: /ENOTFOUND|EAI_AGAIN/,
    sentence: "The host in REDIS_URL cannot be found: correct the address or DNS.",
  },
  {
    matches: /ENOENT/,
    sentence: "The socket that REDIS_URL names does not exist: start Redis, or correct the path.",
  },
  {
    matches: /EHOSTUNREACH|ENETUNREACH/,
    sentence: "The network has no route to the host in REDIS_URL: check the firewall and routes.",
  },
  { matches: /ETIMEDOUT|ECONNRESET|EPIPE/, ...breaksOff },
  {
    matches: /CERT_HAS_EXPIRED/,
    isLasting: true,
    sentence: "The TLS certificate of Redis has expired: renew it.",
  },
  {
    matches: /ERR_TLS_CERT_ALTNAME_INVALID/,
    isLasting: true,
    sentence:
      "The TLS certificate of Redis is for another host: write the host that the certificate names into REDIS_URL.",
  },
  {
    matches: /ALERT_CERTIFICATE_REQUIRED/,
    isLasting: true,
    sentence: "Redis requires a client certificate: set REDIS_CERT_FILE and REDIS_KEY_FILE.",
  },
  {
    matches: /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_|DECRYPT_ERROR)/,
    isLasting: true,
    sentence: "Redis refuses the client certificate in REDIS_CERT_FILE: use one that its CA signed.",
  },
  {
    matches: /SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET)|CERT_/,
    isLasting: true,
    sentence:
      "The TLS certificate of Redis comes from an unknown CA: set REDIS_CA_FILE to the file with that CA's certificate.",
  },
];

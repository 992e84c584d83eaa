/** What is wrong with Redis, as a sentence for an operator that says what to do. Holds no address and no secret. */
export type RedisProblem = {
  sentence: string;
  /** True when waiting does not help: only a person can mend it. */
  isLasting: boolean;
};

/** What a text means. `REPLY` in its sentence stands for what Redis said. */
export type RedisProblemRule = { matches: RegExp; isLasting?: boolean; sentence: string };

/** What shows in INFO as well as in replies. */
export const replica: RedisProblem = {
  sentence:
    "Redis is a replica that takes no writes: let REDIS_URL lead to the primary, or promote this one.",
  // A promotion may be under way.
  isLasting: false,
};
export const clusterByOneAddress: RedisProblem = {
  sentence:
    "Redis belongs to a cluster, but REDIS_URL names one address: list its nodes there, separated by commas (a single one twice).",
  isLasting: true,
};
/** All that is known when a connection breaks before Redis has said anything. */
export const breaksOff: RedisProblem = {
  sentence: "Redis breaks off connections, or does not answer in time: it is tried again by itself.",
  isLasting: false,
};

const allow =
  "allow it to the user of REDIS_URL: ACL SETUSER <user> +@all ~customerio-router* &customerio-router*";

/** What Redis replies. The first rule that matches counts; a text that matches none speaks for itself. */
export const replyRules: RedisProblemRule[] = [
  { matches: /\bREADONLY\b/, ...replica },
  { matches: /\bLOADING\b/, sentence: "Redis is reading its data from disk: wait until it has." },
  {
    matches: /\bMASTERDOWN\b/,
    sentence: "Redis is a replica that has lost its primary: bring that back, or promote this one.",
  },
  {
    matches: /\bMISCONF\b/,
    sentence: "Redis cannot write to its disk, and takes no writes: make room there, or look at its log.",
  },
  {
    matches: /\bNOREPLICAS\b/,
    sentence:
      "Redis takes no writes, having fewer replicas than its min-replicas-to-write asks for: bring them back, or lower it.",
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
      "REDIS_URL lists several addresses, but they are no Redis Cluster: give the one address of the primary.",
  },
  {
    matches: /DB index|invalid DB/,
    isLasting: true,
    sentence:
      "Redis does not have the database whose number ends REDIS_URL: choose one that exists, such as /0, or raise Redis's setting databases.",
  },
  {
    matches: /\bWRONGPASS\b|invalid (username-)?password/,
    isLasting: true,
    sentence: "Redis refuses the user and password of REDIS_URL: mend them there.",
  },
  {
    matches: /\bNOAUTH\b/,
    isLasting: true,
    sentence: "Redis asks for a password: write it into REDIS_URL, as redis://:<password>@host:port.",
  },
  {
    matches: /NOPERM|No permission|ACL failure|can't run this command/i,
    isLasting: true,
    sentence: `Redis refuses what is needed of it (REPLY): ${allow}.`,
  },
  {
    matches: /unknown (redis )?command/i,
    isLasting: true,
    sentence:
      "Redis does not know a command that is needed (REPLY): remove rename-command from its settings, and use Redis itself, from 6.2 on, no Sentinel and no proxy.",
  },
];

/** What ioredis says when there is no reply. */
export const clientRules: RedisProblemRule[] = [
  {
    matches: /Command timed out/,
    sentence: "Redis did not answer in time: is it overloaded, or the network slow?",
  },
  {
    matches:
      /Stream isn't writeable|Cluster isn't ready|None of startup nodes|Failed to refresh slots|Connection is closed|max retries per request|aborted due to connection close/,
    sentence: "There is no connection to Redis: it is made again by itself as soon as Redis answers.",
  },
];

/** What a socket says about the way to Redis. */
export const networkRules: RedisProblemRule[] = [
  {
    matches: /ECONNREFUSED/,
    sentence: "Nothing listens at the address in REDIS_URL: start Redis, or mend the address.",
  },
  {
    matches: /ENOTFOUND|EAI_AGAIN/,
    sentence: "The host in REDIS_URL cannot be found: mend the address, or the DNS.",
  },
  {
    matches: /EHOSTUNREACH|ENETUNREACH/,
    sentence: "There is no way through the network to the host in REDIS_URL: look at firewall and routes.",
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
      "The TLS certificate of Redis is for another host: write the host into REDIS_URL as the certificate names it.",
  },
  {
    matches: /SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET)|CERT_/,
    isLasting: true,
    sentence:
      "The TLS certificate of Redis comes from an unknown CA: set NODE_EXTRA_CA_CERTS to the file with that CA's certificate.",
  },
];

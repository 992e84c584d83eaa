import type { EnvironmentVariable } from "../environment-variable.ts";
import { trustedProxies, wholeNumber } from "../value-schemas.ts";

/** How the intake takes requests. */
export const requestsVariables = {
  RATE_LIMIT_PER_ADDRESS: {
    description:
      "Requests per second that one intake accepts from one address, with bursts of 5 seconds' worth. The default stops only a runaway sender; `0` is no limit",
    default: "20000",
    schema: wholeNumber(),
  },
  RATE_LIMIT_PER_KEY: {
    description:
      "Messages per second that one intake accepts from one source that has no limit of its own, with bursts of 5 seconds' worth. The default is more than one worker delivers, and stops only a runaway sender; `0` is no limit",
    default: "100000",
    schema: wholeNumber(),
  },
  KEEP_ALIVE_TIMEOUT_MS: {
    description:
      "Milliseconds that the intake keeps an idle HTTP connection open. Must exceed the idle timeout of a load balancer in front of it, which would otherwise use connections just closed; the default exceeds the usual 60 s",
    default: "75000",
    schema: wholeNumber(),
  },
  TRUST_PROXY: {
    description:
      "Proxies whose `X-Forwarded-` headers the apps believe: addresses or networks, comma-separated, such as `10.0.0.0/8`, `loopback` or `uniquelocal`; `false` is none",
    default: "false",
    schema: trustedProxies(),
  },
} as const satisfies Record<string, EnvironmentVariable>;

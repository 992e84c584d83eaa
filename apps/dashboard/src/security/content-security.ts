import type { FastifyHelmetOptions } from "@fastify/helmet";

type Directives = { [name: string]: string[] };

const ownPages: Directives = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/** Bull Board names its base in the page, puts styles into elements, and draws small images from data. */
const bullBoardPages: Directives = {
  ...ownPages,
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", "data:"],
  fontSrc: ["'self'", "data:"],
  baseUri: ["'self'"],
};

/** Scripts from this server alone, nothing from outside, no frames. */
export const ownPageHeaders = headers(ownPages);
export const bullBoardHeaders = headers(bullBoardPages);

function headers(directives: Directives): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: { useDefaults: false, directives },
    // With "no-referrer" browsers send `Origin: null` with every form, and the check of origins would refuse them.
    referrerPolicy: { policy: "same-origin" },
    // The operator decides on TLS in front of this server.
    strictTransportSecurity: false,
  };
}

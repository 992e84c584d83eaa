/**
 * On every reply: the intake sends data and scripts, which browsers must not show, frame or sniff. A route that serves
 * a page overrides this.
 */
export const securityHeaders = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
} as const;

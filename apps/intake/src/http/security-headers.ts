/**
 * On every reply: what is sent from here is data and scripts, never a page to be shown, framed or guessed at. A route
 * that does show a page says so itself.
 */
export const securityHeaders = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
} as const;

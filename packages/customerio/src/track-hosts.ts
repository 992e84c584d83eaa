import type { Region } from "./replies/reply.ts";

/** Source: Track API, servers. */
export const trackHosts: Readonly<Record<Region, string>> = {
  us: "https://track.customer.io",
  eu: "https://track-eu.customer.io",
};

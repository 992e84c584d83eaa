import type { Region } from "./answers/answer.ts";

/** Source: Track API, servers. */
export const trackHosts: Readonly<Record<Region, string>> = {
  us: "https://track.customer.io",
  eu: "https://track-eu.customer.io",
};

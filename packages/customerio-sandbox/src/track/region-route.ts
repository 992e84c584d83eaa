import type { TrackRoute } from "./track-route.ts";

export type Region = "us" | "eu";

const urls = { us: "https://track.customer.io", eu: "https://track-eu.customer.io" } as const;

/** `GET /api/v1/accounts/region`: the way to try credentials. */
export function regionRoute({
  region,
  environmentId,
}: {
  region: Region;
  environmentId: number;
}): TrackRoute {
  return {
    method: "GET",
    url: "/api/v1/accounts/region",
    isAllOrNothing: true,
    read: () => ({ items: [] }),
    answer: () => ({ status: 200, body: { url: urls[region], region, environment_id: environmentId } }),
  };
}

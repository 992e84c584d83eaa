import { createCustomerioClient } from "@customerio-router/customerio";
import type { Region } from "../connection.ts";
import { looksLikeAppApiKey } from "../validate-connection.ts";

type Keys = {
  siteId: string;
  apiKey: string;
  /** `undefined`: to be found. */
  region: Region | undefined;
  /** A stand-in; `undefined`: Customer.io's own hosts. */
  trackUrl: string | undefined;
};

/** `field` is the one to look at. Messages never hold a key. */
export type KeyCheck =
  | { ok: true; region: Region; message: string }
  | { ok: false; field: "siteId" | "apiKey" | "region" | "trackUrl"; message: string };

const regionNames: Record<Region, string> = { us: "US", eu: "EU" };
const deadlineMs = 10_000;

/** Asks Customer.io whether the keys are good and where their workspace lives, and says exactly what is wrong. */
export async function checkKeys({ siteId, apiKey, region, trackUrl }: Keys): Promise<KeyCheck> {
  if (siteId.trim() === "") return { ok: false, field: "siteId", message: "The Site ID is blank." };
  if (apiKey.trim() === "") return { ok: false, field: "apiKey", message: "The API Key is blank." };
  if (trackUrl === undefined && looksLikeAppApiKey(apiKey)) {
    return {
      ok: false,
      field: "apiKey",
      message:
        "This looks like an App API key, and was not sent. Enter the Track API Key: Customer.io shows it beside the Site ID.",
    };
  }
  const reply = await ask({ siteId: siteId.trim(), apiKey: apiKey.trim(), trackUrl });
  const where = trackUrl === undefined ? "Customer.io" : "The custom URL";
  switch (reply.kind) {
    case "found":
      if (region !== undefined && region !== reply.region) {
        return {
          ok: false,
          field: "region",
          message: `The keys are valid, but their workspace is in the ${regionNames[reply.region]} region, and you chose ${regionNames[region]}.`,
        };
      }
      return {
        ok: true,
        region: reply.region,
        message: `The keys are valid. Their workspace is in the ${regionNames[reply.region]} region.`,
      };
    case "unauthorized":
      return {
        ok: false,
        field: "apiKey",
        message: `${where} rejects the keys (${reply.status}): the Site ID or the API Key is wrong, they are swapped, or they belong to different workspaces.`,
      };
    case "misconfigured":
      return {
        ok: false,
        field: "trackUrl",
        message: `What answered (${reply.status}) is not Customer.io's Track API. Check the custom URL, and any proxy in between.`,
      };
    case "unavailable":
      return {
        ok: false,
        field: "region",
        message: `${where} did not answer: ${reply.why}. Try again, or save the connection unchecked.`,
      };
    case "failed":
    case "rejected":
      return {
        ok: false,
        field: "region",
        message: `${where} could not check the keys: ${reply.reason}. Try again, or save the connection unchecked.`,
      };
  }
}

/** Either host of Customer.io answers for both regions; the other one is asked before keys are called wrong. */
async function ask({ siteId, apiKey, trackUrl }: Omit<Keys, "region">) {
  const findRegion = async (region: Region) => {
    const client = createCustomerioClient({
      siteId,
      apiKey,
      region,
      deadlineMs,
      ...(trackUrl && { trackUrl }),
    });
    try {
      return await client.findRegion();
    } finally {
      client.close();
    }
  };
  const first = await findRegion("us");
  return first.kind === "unauthorized" && trackUrl === undefined ? findRegion("eu") : first;
}

import type { S3Client } from "@aws-sdk/client-s3";
import type { StoredFile } from "./store.ts";
import { untilSame } from "./until-same.ts";

type Listing = { folders: string[]; files: StoredFile[]; pages: number };
type Place = { bucket: string; folder: string; abort: { abortSignal: AbortSignal } };

/** What is right below a folder. One page is of one moment; several are not. */
export async function listS3Folder(
  client: S3Client,
  sdk: typeof import("@aws-sdk/client-s3"),
  place: Place,
): Promise<Listing> {
  const listing = await listPages(client, sdk, place);
  return listing.pages === 1 ? listing : untilSame(listing, () => listPages(client, sdk, place));
}

async function listPages(
  client: S3Client,
  sdk: typeof import("@aws-sdk/client-s3"),
  { bucket, folder, abort }: Place,
): Promise<Listing> {
  const listing: Listing = { folders: [], files: [], pages: 0 };
  let token: string | undefined;
  do {
    const page = await client.send(
      new sdk.ListObjectsV2Command({
        Bucket: bucket,
        Prefix: folder,
        Delimiter: "/",
        ...(token !== undefined && { ContinuationToken: token }),
      }),
      abort,
    );
    listing.pages += 1;
    for (const { Prefix = "" } of page.CommonPrefixes ?? [])
      listing.folders.push(nameOf(Prefix.slice(0, -1)));
    for (const { Key = "", Size = 0 } of page.Contents ?? []) {
      listing.files.push({ name: nameOf(Key), bytes: Size });
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return listing;
}

function nameOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

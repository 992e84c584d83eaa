import { explainS3Error, isAbsent } from "./explain-s3-error.ts";
import { listS3Folder } from "./list-s3-folder.ts";
import type { Store } from "./store.ts";

export type S3Options = {
  /** Of an S3 that is not AWS's, such as `http://minio:9000`. */
  endpoint?: string | undefined;
  region?: string | undefined;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. */
  forcePathStyle?: boolean | undefined;
  serverSideEncryption?: "AES256" | "aws:kms" | undefined;
};

const connectionTimeoutMs = 5_000;
/** Of one try, until the reply begins. */
const requestTimeoutMs = 20_000;
/** With all tries. A segment has a few megabytes. */
const deadlineMs = 60_000;

/**
 * A prefix of a bucket. Objects are put as whole buffers in one request: they are there completely or not at all, and
 * servers that do not know the SDK's trailing checksums store what was sent. The SDK is loaded here, so that folders do
 * without. Credentials are found by the SDK's own chain.
 */
export async function createS3Store(bucket: string, prefix: string, options: S3Options): Promise<Store> {
  const sdk = await import("@aws-sdk/client-s3");
  const { endpoint, region, forcePathStyle, serverSideEncryption } = options;
  const where = `s3://${bucket}/${prefix}`;
  const client = new sdk.S3Client({
    ...(region !== undefined && { region }),
    ...(forcePathStyle !== undefined && { forcePathStyle }),
    ...(endpoint !== undefined && {
      endpoint,
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    }),
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: connectionTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
  });

  async function explained<Result>(request: (abort: { abortSignal: AbortSignal }) => Promise<Result>) {
    try {
      return await request({ abortSignal: AbortSignal.timeout(deadlineMs) });
    } catch (error) {
      throw explainS3Error(error, { where, endpoint });
    }
  }

  return {
    where,

    list: (folder) =>
      explained((abort) =>
        listS3Folder(client, sdk, { bucket, folder: folder === "" ? prefix : `${prefix}${folder}/`, abort }),
      ),

    read: (path) =>
      explained(async (abort) => {
        try {
          const found = await client.send(
            new sdk.GetObjectCommand({ Bucket: bucket, Key: prefix + path }),
            abort,
          );
          return Buffer.from((await found.Body?.transformToByteArray()) ?? []);
        } catch (error) {
          if (isAbsent(error)) return undefined;
          throw error;
        }
      }),

    publish: (path, bytes, mayWrite) =>
      explained(async (abort) => {
        if (!mayWrite()) return "refused";
        await client.send(
          new sdk.PutObjectCommand({
            Bucket: bucket,
            Key: prefix + path,
            Body: bytes,
            ...(serverSideEncryption && { ServerSideEncryption: serverSideEncryption }),
          }),
          abort,
        );
        return "written";
      }),

    // One by one: a request for several needs a checksum that not every server knows.
    remove: (path) =>
      explained(async (abort) => {
        await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: prefix + path }), abort);
      }),

    async removeFolder() {},

    async removeUnfinished() {
      return 0;
    },

    async [Symbol.asyncDispose]() {
      client.destroy();
    },
  };
}

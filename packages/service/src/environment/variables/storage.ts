import { fullShare } from "@customerio-router/redis";
import { z } from "zod";
import type { EnvironmentVariable } from "../environment-variable.ts";
import { archiveUrl, httpUrl, oneOf, wholeNumber } from "../value-schemas.ts";

/** What is kept, where, and how much of it. */
export const storageVariables = {
  DATA_DIR: {
    description: "Folder for files such as the spool; it must outlive the process and its container",
    default: ".data",
    schema: z.string(),
  },
  SPOOL_BYTES: {
    description: `Size limit of each intake's spool in bytes: messages kept in \`DATA_DIR\` while Redis is away, slow or ${100 * fullShare} % full. Beyond it callers get 429. The default holds a million messages of 1 KB; \`0\` turns the spool off`,
    default: "1000000000",
    schema: wholeNumber(),
  },
  REMEMBERED_IDS: {
    description:
      "Number of `messageId`s remembered per connection, for two days at most, to recognize a message that is sent again. Each takes 60 bytes of Redis, the default 60 MB per connection; `0` turns this off",
    default: "1000000",
    schema: wholeNumber(),
  },
  RECORD_BYTES: {
    description:
      "Bytes of Redis for the records of all connections while they are not archived (`ARCHIVE_URL` is `off`, or another archive): the outcome of each message, kept for one day at most, the oldest removed first. The default is half of the 1 GB that `npm start` gives Redis; `0` keeps none",
    default: "512000000",
    schema: wholeNumber(),
  },
  ARCHIVE_URL: {
    description:
      "Where settled messages are archived: `file:` is the folder `archive` in `DATA_DIR`, `file:/path` another folder, `s3://bucket/prefix` a bucket, `off` nothing. Worker and dashboard must see the same archive",
    default: "file:",
    schema: archiveUrl(),
  },
  ARCHIVE_CUT_MS: {
    description:
      "Milliseconds after which a settled message is archived at the latest; it is archived earlier once 32 MB have gathered, and when the worker stops",
    default: "3600000",
    schema: wholeNumber(),
  },
  ARCHIVE_DAYS: {
    description: "Days that archived messages are kept",
    default: "30",
    schema: wholeNumber(),
  },
  ARCHIVE_BYTES: {
    description: "Size limit of the archive in bytes; the oldest days are removed first",
    default: "10000000000",
    schema: wholeNumber(),
  },
  ARCHIVE_S3_ENDPOINT: {
    description: "URL of an S3 server that is not Amazon's; credentials are found as the AWS SDK finds them",
    schema: httpUrl(),
  },
  ARCHIVE_S3_REGION: {
    description: "Region of the bucket",
    schema: z.string().regex(/^[\w-]{1,64}$/, "must be a region such as eu-west-1"),
  },
  ARCHIVE_S3_PATH_STYLE: {
    description: "`true` addresses the bucket in the path, as most other S3 servers need it",
    default: "false",
    schema: oneOf(["true", "false"]).transform((text) => text === "true"),
  },
  ARCHIVE_S3_ENCRYPTION: {
    description: "Encryption by the S3 server: `AES256` or `aws:kms`; without it, as the bucket has it",
    schema: oneOf(["AES256", "aws:kms"]),
  },
} as const satisfies Record<string, EnvironmentVariable>;

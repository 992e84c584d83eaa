import { type Archive, openArchive } from "./open-archive.ts";

/** The variables that say where the archive is; see `environmentVariables`. */
export const archiveVariables = [
  "ARCHIVE_URL",
  "DATA_DIR",
  "ARCHIVE_S3_ENDPOINT",
  "ARCHIVE_S3_REGION",
  "ARCHIVE_S3_PATH_STYLE",
  "ARCHIVE_S3_ENCRYPTION",
] as const;

type ArchiveConfig = {
  ARCHIVE_URL: string;
  DATA_DIR: string;
  ARCHIVE_S3_ENDPOINT?: string | undefined;
  ARCHIVE_S3_REGION?: string | undefined;
  ARCHIVE_S3_PATH_STYLE: boolean;
  ARCHIVE_S3_ENCRYPTION?: "AES256" | "aws:kms" | undefined;
};

/** Opens the archive that the environment names; undefined for `off`. */
export async function archiveFromEnvironment(
  config: ArchiveConfig,
  onWarning: (message: string) => void,
): Promise<Archive | undefined> {
  return await openArchive({
    url: config.ARCHIVE_URL,
    dataDir: config.DATA_DIR,
    s3: {
      endpoint: config.ARCHIVE_S3_ENDPOINT,
      region: config.ARCHIVE_S3_REGION,
      forcePathStyle: config.ARCHIVE_S3_PATH_STYLE,
      serverSideEncryption: config.ARCHIVE_S3_ENCRYPTION,
    },
    onWarning,
  });
}

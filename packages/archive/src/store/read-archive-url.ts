import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ArchiveError } from "../archive-error.ts";

export type ArchivePlace =
  | { kind: "off" }
  | { kind: "file"; folder: string }
  /** The prefix is empty or ends with a slash. */
  | { kind: "s3"; bucket: string; prefix: string };

/** Where an archive's URL points to. `file:` alone is the folder `archive` of the data folder. */
export function readArchiveUrl(url: string, dataDir: string | undefined): ArchivePlace {
  if (url === "off") return { kind: "off" };
  if (url === "file:") {
    if (dataDir === undefined) throw wrong("`file:` needs a data folder: set DATA_DIR");
    return { kind: "file", folder: join(dataDir, "archive") };
  }
  if (/^file:\/(?!\/[^/])/.test(url)) {
    const folder = fileURLToPath(url);
    if (isAbsolute(folder)) return { kind: "file", folder };
  }
  const [, bucket, rest = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(\/[^?#]*)?$/.exec(url) ?? [];
  if (bucket === undefined) {
    throw wrong(
      "it is none of `file:`, `file:/absolute/folder`, `s3://bucket/prefix` and `off`. Keys do not belong in it",
    );
  }
  const prefix = rest.replace(/^\/+|\/+$/g, "");
  return { kind: "s3", bucket, prefix: prefix === "" ? "" : `${prefix}/` };
}

/** Without the URL: it may hold a key by mistake. */
function wrong(what: string): ArchiveError {
  return new ArchiveError("setting", `ARCHIVE_URL cannot be used: ${what}`);
}

import { ArchiveError } from "../archive-error.ts";

/** A failed system call as a sentence; anything else unchanged. */
export function explainFileError(error: unknown, root: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return new ArchiveError(
        "disk-full",
        `The disk of the archive ${root} is full: free space on it, or keep less with ARCHIVE_DAYS or ARCHIVE_BYTES`,
      );
    case "EACCES":
    case "EPERM":
    case "EROFS":
      if (syscall === "link" && code === "EPERM") return withoutHardLinks(root, code);
      return new ArchiveError(
        "permission",
        `The archive ${root} does not let this process ${syscall} a file in it (${code}): make the folder writable for its user`,
      );
    case "ENOTSUP":
    case "EOPNOTSUPP":
    case "ENOSYS":
    case "EMLINK":
      if (syscall === "link") return withoutHardLinks(root, code);
      break;
    case "ENOTDIR":
      return new ArchiveError(
        "setting",
        `The archive ${root} is in the way of a file: name another folder in ARCHIVE_URL`,
      );
  }
  return new ArchiveError(
    "unexpected",
    `The archive ${root} failed to ${syscall} a file (${code}): check its disk`,
  );
}

function withoutHardLinks(root: string, code: string): ArchiveError {
  return new ArchiveError(
    "no-hard-links",
    `The file system of the archive ${root} has no hard links (${code}): put the archive on another file system, or in S3`,
  );
}

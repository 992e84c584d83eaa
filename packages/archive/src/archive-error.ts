export type ArchiveProblem =
  | "setting"
  | "credentials"
  | "permission"
  | "no-bucket"
  | "unreachable"
  | "timeout"
  | "disk-full"
  | "no-hard-links"
  | "format"
  | "unexpected";

/** The archive cannot be used as it is. The message is one sentence for people, with what to do and without secrets. */
export class ArchiveError extends Error {
  override name = "ArchiveError";
  readonly problem: ArchiveProblem;

  constructor(problem: ArchiveProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

/** A segment that cannot be read. It costs its own lines only. */
export class DamagedSegmentError extends Error {
  override name = "DamagedSegmentError";
  readonly path: string;

  constructor(path: string, why: string) {
    super(
      `The segment ${path} is damaged (${why}): its messages are missing from answers. Restore the file from a backup, or delete it`,
    );
    this.path = path;
  }
}

/** A segment was there when its folder was listed and is gone: merged, rewritten or too old. */
export class VanishedSegmentError extends Error {
  override name = "VanishedSegmentError";
}

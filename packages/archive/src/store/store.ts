export type StoredFile = { name: string; bytes: number };

/** "present": a complete file has that name, and stays. "refused": `mayWrite` said no. */
export type PublishResult = "written" | "present" | "refused";

/**
 * Where the archive's files are. Paths are relative, with `/`; a file is there as a whole or not at all, and never
 * changes. Failures are `ArchiveError`s.
 */
export type Store = AsyncDisposable & {
  /** For people: the folder, or `s3://bucket/prefix`. */
  readonly where: string;
  /** An absent folder is an empty one. */
  list(folder: string): Promise<{ folders: string[]; files: StoredFile[] }>;
  /** Undefined for an absent file. */
  read(path: string): Promise<Buffer | undefined>;
  /**
   * Puts a whole file under a name. `mayWrite` is asked last. Several writers may publish the same name only with the
   * same content: a folder keeps the first one, S3 the last one.
   */
  publish(path: string, bytes: Buffer, mayWrite: () => boolean): Promise<PublishResult>;
  /** An absent file is removed already. */
  remove(path: string): Promise<void>;
  /** Keeps a folder that has something in it. */
  removeFolder(folder: string): Promise<void>;
  /** Removes what interrupted writes left behind at least this long ago; gives how many files. */
  removeUnfinished(olderThanMs: number): Promise<number>;
};

/** Something a person has to mend before an import can go on. */
export class ImportError extends Error {
  override name = "ImportError";
  /** True when it is the command line. */
  readonly isUsage: boolean;

  constructor(message: string, { isUsage = false } = {}) {
    super(message);
    this.isUsage = isUsage;
  }
}

import type { ConfigFile } from "../file/config-file.ts";
import type { ProblemList } from "../file/problem-list.ts";
import type { Installation } from "./installation.ts";

export type PlanOptions = {
  /** What the file does not name is removed. */
  isPruning: boolean;
  /**
   * `ask`: Customer.io checks keys that change, before anything is saved. `trust`: they are saved unchecked.
   * `compare`: nothing is to be saved.
   */
  keys: "ask" | "trust" | "compare";
};

export type PlanContext = PlanOptions & {
  file: ConfigFile;
  problems: ProblemList;
  installation: Installation;
  /** Ids of connections by the keys of their names; those that are to be made get theirs when they are made. */
  connectionIds: Map<string, string>;
};

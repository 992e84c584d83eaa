/** One record that differs from the file, and how to make it as the file says. */
export type Step = {
  act: "add" | "change" | "remove";
  /** Such as `source "Shop"`. */
  what: string;
  /** What differs, one field each, without secrets. */
  details: string[];
  /** Whether it takes away something because the file does not name it. */
  isPruning: boolean;
  /** @throws what keeps it from being saved */
  run(): Promise<void>;
};

/** The steps in an order that cuts no caller off, and what stays as it is since the file does not name it. */
export type Plan = { steps: Step[]; left: string[] };

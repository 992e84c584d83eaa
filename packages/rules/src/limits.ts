/** What one list of rules may hold. Each limit keeps the cost of a message small and known. */
export const ruleLimits = {
  rules: 100,
  /** The ledger cuts reasons at 64 characters, and `rule: ` stands before the name. */
  nameLength: 58,
  saltLength: 200,
  conditionLength: 2_000,
  /** Nodes of a condition's syntax tree. */
  conditionNodes: 300,
  conditionDepth: 30,
  /** Instructions of a compiled pattern. */
  patternSize: 250,
  /** Entries of a list that a macro such as `exists` looks at; a longer list fails the condition. */
  macroEntries: 1_000,
  /** What all conditions may read of one message, in steps of at most 25 ns: see `Fuel`. */
  steps: 40_000,
  pathLength: 500,
  pathDepth: 20,
  /** JSON of a value to set. */
  valueBytes: 1_000,
  eventNameLength: 100,
} as const;

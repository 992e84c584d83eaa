/** A message on its way through the rules. Values in it are replaced, never changed. */
export type State = {
  message: Readonly<Record<string, unknown>>;
  /** Paths, as rules have them, whose values were hashed or removed already: nothing is hashed twice. */
  readonly treated: Set<string>;
  /** The message before the ordered rules: by it `sample` finds the person, whatever a rule before it changed. */
  entered: Readonly<Record<string, unknown>>;
  /** Where the person stands, from 0 to 100, once a rule has asked. */
  place: number | undefined;
};

import { equalSecrets } from "../security/equal-secrets.ts";

export type OneTimeCode = {
  /** True once, for the right code, while it is good. */
  accept(given: string): boolean;
};

/** A code for one login, good for `validMs` from now on; without a `code` nothing is accepted. */
export function createOneTimeCode({
  code,
  validMs,
}: {
  code: string | undefined;
  validMs: number;
}): OneTimeCode {
  const until = performance.now() + validMs;
  let left = code;

  return {
    accept(given) {
      if (left === undefined || performance.now() >= until || !equalSecrets(given, left)) return false;
      left = undefined;
      return true;
    },
  };
}

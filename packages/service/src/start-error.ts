/** Why a service does not start, in one sentence that says what to do. Logged without a stack. */
export class StartError extends Error {
  override name = "StartError";
}

/** Whoever may change the archive. */
export type Writer = {
  /** False once another process may own the connection. Asked right before each change; what follows it is harmless. */
  mayWrite(): boolean;
};

/** The environment of the process, as `main.ts` got it. */
export type Environment = { readonly [name: string]: string | undefined };

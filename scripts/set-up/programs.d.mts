export type Program = {
  title: string;
  variable: string;
  names: string[];
  packages: Record<string, string>;
  otherwise: string;
};

export const redisServer: Program;
export const chromium: Program;
export const nginx: Program;
export const promtool: Program;
export function findProgram(program: Program): string | undefined;
export function ensureProgram(program: Program): void;

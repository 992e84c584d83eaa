/** Called with each change as a sentence. */
export type HealthLog = Record<"info" | "warn" | "error", (sentence: string) => void>;

/** Hears of changes as sentences. */
export type HealthLog = Record<"info" | "warn" | "error", (sentence: string) => void>;

import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** How every package's tests run; each package's `vitest.config.ts` re-exports this. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: [fileURLToPath(new URL("test/fixtures/src/fail-on-leak.ts", import.meta.url))],
    pool: "forks",
    // Real servers on a machine of two cores: turbo runs packages side by side, a package its files one by one.
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    passWithNoTests: true,
  },
});

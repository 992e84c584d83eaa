import packageJson from "../../package.json" with { type: "json" };

/** Scripts, apps and packages all have the same. */
export const { version } = packageJson;

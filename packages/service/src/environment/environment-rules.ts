import { isLoopback } from "../http/this-machine.ts";
import type { EnvironmentProblem } from "./environment.ts";

type Rule = (values: { readonly [name: string]: unknown }) => EnvironmentProblem[];

const connectionVariables = [
  "CUSTOMERIO_SITE_ID",
  "CUSTOMERIO_API_KEY",
  "WRITE_KEY",
  "CONNECTION_NAME",
] as const;

/** Rules for variables that depend on each other. A rule applies only to variables that the process reads. */
export const environmentRules: readonly Rule[] = [
  function connectionIsWholeOrAbsent(values) {
    const present = connectionVariables.filter((name) => values[name] !== undefined);
    if (present.length === 0) return [];
    return [...connectionVariables, "SECRET_KEY" as const]
      .filter((name) => name in values && values[name] === undefined)
      .map((name) => ({ name, problem: `is missing: it is needed with ${present.join(", ")}` }));
  },

  function customTrackUrlIsAllowed(values) {
    if (values.CUSTOMERIO_TRACK_URL === undefined || values.ALLOW_CUSTOM_TRACK_URL !== false) return [];
    return [
      {
        name: "CUSTOMERIO_TRACK_URL",
        problem: "needs ALLOW_CUSTOM_TRACK_URL=true: set both, or neither",
      },
    ];
  },

  function openDashboardHasPassword(values) {
    const isOpen = typeof values.HOST === "string" && !isLoopback(values.HOST);
    if (!isOpen || !("DASHBOARD_PASSWORD" in values) || values.DASHBOARD_PASSWORD !== undefined) return [];
    return [
      {
        name: "DASHBOARD_PASSWORD",
        problem: "is missing: without it the dashboard listens on loopback only (HOST=127.0.0.1)",
      },
    ];
  },

  function readersComeAfterOperators(values) {
    const { DASHBOARD_PASSWORD: password, DASHBOARD_READ_ONLY_PASSWORD: readOnly } = values;
    if (readOnly === undefined || (password !== undefined && password !== readOnly)) return [];
    return [
      {
        name: "DASHBOARD_READ_ONLY_PASSWORD",
        problem: "needs a DASHBOARD_PASSWORD that differs from it",
      },
    ];
  },
];

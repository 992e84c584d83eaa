import { isLoopback } from "../http/this-machine.ts";
import type { EnvironmentProblem } from "./environment-problem.ts";
import { areOfDifferentKeys } from "./pem-files.ts";

type Rule = (values: { readonly [name: string]: unknown }) => EnvironmentProblem[];

const connectionVariables = [
  "CUSTOMERIO_SITE_ID",
  "CUSTOMERIO_API_KEY",
  "WRITE_KEY",
  "CONNECTION_NAME",
] as const;

const tlsVariables = ["REDIS_CA_FILE", "REDIS_CERT_FILE", "REDIS_KEY_FILE"] as const;

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

  function tlsFilesNeedTls(values) {
    const isTls = typeof values.REDIS_URL !== "string" || /^rediss[+:]/.test(values.REDIS_URL);
    if (isTls) return [];
    return tlsVariables
      .filter((name) => values[name] !== undefined)
      .map((name) => ({ name, problem: "needs TLS: begin REDIS_URL with rediss" }));
  },

  function clientCertificateHasItsKey({ REDIS_CERT_FILE: certificate, REDIS_KEY_FILE: key }) {
    if (certificate !== undefined && key === undefined)
      return [{ name: "REDIS_KEY_FILE", problem: "is missing: it is needed with REDIS_CERT_FILE" }];
    if (certificate === undefined && key !== undefined)
      return [{ name: "REDIS_CERT_FILE", problem: "is missing: it is needed with REDIS_KEY_FILE" }];
    if (typeof certificate !== "string" || typeof key !== "string") return [];
    if (!areOfDifferentKeys(certificate, key)) return [];
    return [{ name: "REDIS_KEY_FILE", problem: "is not the key of the certificate in REDIS_CERT_FILE" }];
  },

  function openDashboardHasPassword(values) {
    const isOpen = typeof values.HOST === "string" && !isLoopback(values.HOST);
    const hasLogin = values.DASHBOARD_PASSWORD !== undefined || values.OIDC_ISSUER !== undefined;
    if (!isOpen || !("DASHBOARD_PASSWORD" in values) || hasLogin) return [];
    return [
      {
        name: "DASHBOARD_PASSWORD",
        problem: "is missing: without it the dashboard listens on loopback only (HOST=127.0.0.1)",
      },
    ];
  },

  function issuerHasClientAndWayBack(values) {
    const { OIDC_ISSUER: issuer } = values;
    if (typeof issuer !== "string") return [];
    const missing = (["OIDC_CLIENT_ID", "DASHBOARD_URL"] as const)
      .filter((name) => name in values && values[name] === undefined)
      .map((name) => ({ name, problem: "is missing: it is needed with OIDC_ISSUER" }));
    // What is no URL is told as that.
    const url = URL.parse(issuer);
    if (url === null || url.protocol === "https:" || isLoopback(url.hostname)) return missing;
    return [
      ...missing,
      { name: "OIDC_ISSUER", problem: "must begin with https, but for one on this machine" },
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

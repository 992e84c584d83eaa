import { z } from "zod";
import type { EnvironmentVariable } from "../environment-variable.ts";
import { httpUrl, port } from "../value-schemas.ts";

/** Where the apps listen, and where others reach them. */
export const listeningVariables = {
  INTAKE_PORT: { description: "Port of the intake", default: "3000", schema: port() },
  INTAKE_URL: {
    description:
      "Public URL of the intake, such as `https://events.example.com`; without it, the host of each request",
    schema: httpUrl(),
  },
  INTAKE_INTERNAL_URL: {
    description:
      "URL at which the dashboard reaches the intake for test events, such as `http://intake:3000`, where it is not the one that senders use",
    schema: httpUrl(),
  },
  DASHBOARD_PORT: { description: "Port of the dashboard", default: "3001", schema: port() },
  SANDBOX_PORT: { description: "Port of the sandbox", default: "3002", schema: port() },
  WORKER_PORT: {
    description: "Port of the worker's health and metrics; `0` takes any free one",
    default: "3003",
    schema: port(),
  },
  HOST: {
    description: "Address to listen on; `0.0.0.0` is every interface, as a container needs",
    default: "127.0.0.1",
    schema: z.string().regex(/^[\w.:%-]+$/, "must be a host name or an address to listen on"),
  },
} as const satisfies Record<string, EnvironmentVariable>;

import type { ConnectionInput, Region } from "../connection.ts";

/** The environment variables that describe a connection, as packages/service reads them. */
export type ConnectionEnvironment = {
  CONNECTION_NAME?: string | undefined;
  CUSTOMERIO_SITE_ID?: string | undefined;
  CUSTOMERIO_API_KEY?: string | undefined;
  CUSTOMERIO_REGION: Region;
  CUSTOMERIO_TRACK_URL?: string | undefined;
  WRITE_KEY?: string | undefined;
  CONNECTION_SETTINGS?: Record<string, unknown> | undefined;
};

/** The variables by name, for who reads the environment. */
export const connectionVariables = [
  "CONNECTION_NAME",
  "CUSTOMERIO_SITE_ID",
  "CUSTOMERIO_API_KEY",
  "CUSTOMERIO_REGION",
  "CUSTOMERIO_TRACK_URL",
  "ALLOW_CUSTOM_TRACK_URL",
  "WRITE_KEY",
  "CONNECTION_SETTINGS",
  "SECRET_KEY",
] as const;

/** The connection the environment describes, if it does; that it does so wholly is seen to where it is read. */
export function connectionFromEnvironment(environment: ConnectionEnvironment): ConnectionInput | undefined {
  const { CONNECTION_NAME, CUSTOMERIO_SITE_ID, CUSTOMERIO_API_KEY } = environment;
  if (!CONNECTION_NAME || !CUSTOMERIO_SITE_ID || !CUSTOMERIO_API_KEY) return undefined;
  return {
    name: CONNECTION_NAME,
    siteId: CUSTOMERIO_SITE_ID,
    apiKey: CUSTOMERIO_API_KEY,
    region: environment.CUSTOMERIO_REGION,
    ...(environment.CUSTOMERIO_TRACK_URL && { trackUrl: environment.CUSTOMERIO_TRACK_URL }),
    ...(environment.WRITE_KEY && { writeKey: environment.WRITE_KEY }),
    ...(environment.CONNECTION_SETTINGS && { settings: environment.CONNECTION_SETTINGS }),
  };
}

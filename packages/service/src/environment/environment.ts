import { defaultKeyPrefix, fullShare } from "@customerio-router/redis";
import { z } from "zod";
import { certificateFile, keyFile } from "./pem-files.ts";
import {
  archiveUrl,
  httpUrl,
  jsonObject,
  oneOf,
  port,
  redisPrefix,
  redisUrl,
  trustedProxies,
  wholeNumber,
} from "./value-schemas.ts";

/** One environment variable: how it is read, and what README says of it. */
export type EnvironmentVariable = {
  /** One line for README's table. */
  description: string;
  /** The text that stands in for a variable that is unset or empty. */
  default?: string;
  /** True when whoever reads the variable cannot do without it. */
  required?: true;
  /** Ends the sentence "<name> is missing: "; without it, the description follows. */
  whenMissing?: string;
  /** True when the value is never shown: logs say only whether it is set, problems never quote it. */
  secret?: true;
  /** From the text to the typed value. Messages end the sentence that begins with the variable's name. */
  schema: z.ZodType<unknown, string>;
};

/** Every environment variable of the project, in README's order. Nothing else reads the environment. */
export const environmentVariables = {
  REDIS_URL: {
    description:
      "URL of Redis: `redis://` or `rediss://` (TLS), a comma-separated list of a cluster's nodes, `redis+cluster://`, `redis+sentinel://`, or `unix://`; `docs/redis.md` has each form. Without it `npm start` runs its own",
    required: true,
    secret: true,
    schema: redisUrl(),
  },
  REDIS_PREFIX: {
    description:
      "What every key and channel in Redis begins with. Installations that share a database need one each, the same for all processes of one",
    default: defaultKeyPrefix,
    schema: redisPrefix(),
  },
  REDIS_WAIT_REPLICAS: {
    description:
      "Replicas of Redis that must have a message before its caller gets 2xx; with fewer the caller gets 429, and the message counts once when it is sent again. `0` waits for none",
    default: "0",
    schema: wholeNumber(),
  },
  REDIS_CA_FILE: {
    description:
      "File with the CA certificates (PEM) that Redis's certificate is verified with, instead of those Node knows; needs TLS in `REDIS_URL`",
    schema: certificateFile(),
  },
  REDIS_CERT_FILE: {
    description: "File with the client certificate (PEM) for a Redis that requires one",
    schema: certificateFile(),
  },
  REDIS_KEY_FILE: {
    description: "File with the unencrypted private key (PEM) of that certificate",
    schema: keyFile(),
  },
  INTAKE_PORT: { description: "Port of the intake", default: "3000", schema: port() },
  INTAKE_URL: {
    description:
      "Public URL of the intake, such as `https://events.example.com`; without it, the host of each request",
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
  LOG_LEVEL: {
    description:
      "Least severe level that is logged: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`",
    default: "info",
    schema: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    description:
      "URL of an OpenTelemetry collector (OTLP over HTTP), such as `http://collector:4318`; turns traces on in intake and worker",
    schema: httpUrl(),
  },
  OTEL_TRACES_SAMPLER: {
    description:
      "Which traces are kept: `always_on`, `always_off`, `traceidratio`, or after the sender's decision `parentbased_always_on`, `parentbased_always_off`, `parentbased_traceidratio`",
    default: "parentbased_always_on",
    schema: oneOf([
      "always_on",
      "always_off",
      "traceidratio",
      "parentbased_always_on",
      "parentbased_always_off",
      "parentbased_traceidratio",
    ]),
  },
  OTEL_TRACES_SAMPLER_ARG: {
    description: "Share of traces kept by a `traceidratio` sampler, from 0 to 1",
    schema: z.string().regex(/^(0(\.\d+)?|1(\.0+)?)$/, "must be a number from 0 to 1, such as 0.01"),
  },
  DATA_DIR: {
    description: "Folder for files such as the spool; it must outlive the process and its container",
    default: ".data",
    schema: z.string(),
  },
  SPOOL_BYTES: {
    description: `Size limit of each intake's spool in bytes: messages kept in \`DATA_DIR\` while Redis is away, slow or ${100 * fullShare} % full. Beyond it callers get 429. The default holds a million messages of 1 KB; \`0\` turns the spool off`,
    default: "1000000000",
    schema: wholeNumber(),
  },
  REMEMBERED_IDS: {
    description:
      "Number of `messageId`s remembered per connection, for two days at most, to recognize a message that is sent again. Each takes 60 bytes of Redis, the default 60 MB per connection; `0` turns this off",
    default: "1000000",
    schema: wholeNumber(),
  },
  RECORD_BYTES: {
    description:
      "Bytes of Redis for the records of all connections while they are not archived (`ARCHIVE_URL` is `off`, or another archive): the outcome of each message, kept for one day at most, the oldest removed first. The default is half of the 1 GB that `npm start` gives Redis; `0` keeps none",
    default: "512000000",
    schema: wholeNumber(),
  },
  ARCHIVE_URL: {
    description:
      "Where settled messages are archived: `file:` is the folder `archive` in `DATA_DIR`, `file:/path` another folder, `s3://bucket/prefix` a bucket, `off` nothing. Worker and dashboard must see the same archive",
    default: "file:",
    schema: archiveUrl(),
  },
  ARCHIVE_CUT_MS: {
    description:
      "Milliseconds after which a settled message is archived at the latest; it is archived earlier once 32 MB have gathered, and when the worker stops",
    default: "3600000",
    schema: wholeNumber(),
  },
  ARCHIVE_DAYS: {
    description: "Days that archived messages are kept",
    default: "30",
    schema: wholeNumber(),
  },
  ARCHIVE_BYTES: {
    description: "Size limit of the archive in bytes; the oldest days are removed first",
    default: "10000000000",
    schema: wholeNumber(),
  },
  ARCHIVE_S3_ENDPOINT: {
    description: "URL of an S3 server that is not Amazon's; credentials are found as the AWS SDK finds them",
    schema: httpUrl(),
  },
  ARCHIVE_S3_REGION: {
    description: "Region of the bucket",
    schema: z.string().regex(/^[\w-]{1,64}$/, "must be a region such as eu-west-1"),
  },
  ARCHIVE_S3_PATH_STYLE: {
    description: "`true` addresses the bucket in the path, as most other S3 servers need it",
    default: "false",
    schema: oneOf(["true", "false"]).transform((text) => text === "true"),
  },
  ARCHIVE_S3_ENCRYPTION: {
    description: "Encryption by the S3 server: `AES256` or `aws:kms`; without it, as the bucket has it",
    schema: oneOf(["AES256", "aws:kms"]),
  },
  RATE_LIMIT_PER_ADDRESS: {
    description:
      "Requests per second that one intake accepts from one address, with bursts of 5 seconds' worth. The default stops only a runaway sender; `0` is no limit",
    default: "20000",
    schema: wholeNumber(),
  },
  RATE_LIMIT_PER_KEY: {
    description:
      "Messages per second that one intake accepts from one source that has no limit of its own, with bursts of 5 seconds' worth. The default is more than one worker delivers, and stops only a runaway sender; `0` is no limit",
    default: "100000",
    schema: wholeNumber(),
  },
  KEEP_ALIVE_TIMEOUT_MS: {
    description:
      "Milliseconds that the intake keeps an idle HTTP connection open. Must exceed the idle timeout of a load balancer in front of it, which would otherwise use connections just closed; the default exceeds the usual 60 s",
    default: "75000",
    schema: wholeNumber(),
  },
  TRUST_PROXY: {
    description:
      "Proxies whose `X-Forwarded-` headers the apps believe: addresses or networks, comma-separated, such as `10.0.0.0/8`, `loopback` or `uniquelocal`; `false` is none",
    default: "false",
    schema: trustedProxies(),
  },
  SECRET_KEY: {
    description:
      "Key that encrypts API keys in Redis: at least 32 characters, the same for every process. `npm start` generates and keeps one. Worker and dashboard do not start without it",
    whenMissing:
      "set the one this installation began with, or for a new installation what `openssl rand -base64 32` makes.",
    secret: true,
    schema: z.string().min(32, "must have at least 32 characters; `openssl rand -base64 32` makes one"),
  },
  OLD_SECRET_KEY: {
    description: "The previous `SECRET_KEY`; read only by `npm run rekey`",
    secret: true,
    schema: z.string(),
  },
  DASHBOARD_PASSWORD: {
    description: "Password of the dashboard; without it the dashboard listens on loopback only",
    secret: true,
    schema: z.string(),
  },
  DASHBOARD_READ_ONLY_PASSWORD: {
    description: "Password for read-only access to the dashboard; needs a different `DASHBOARD_PASSWORD`",
    secret: true,
    schema: z.string(),
  },
  DASHBOARD_LOGIN_CODE: {
    description:
      "One-time code: the link `/login?code=…` opens the dashboard once, within 10 minutes of its start; `npm start` generates one",
    secret: true,
    schema: z.string().min(16, "must have at least 16 characters; `openssl rand -hex 16` makes one"),
  },
  DASHBOARD_API_TOKEN: {
    description: "Bearer token for the dashboard's JSON API under `/api`, at least 16 characters",
    secret: true,
    schema: z.string().min(16, "must have at least 16 characters; `openssl rand -base64 24` makes one"),
  },
  DASHBOARD_MASK_PERSONAL_DATA: {
    description: "`true` hides personal data in the messages that the dashboard and Bull Board show",
    default: "false",
    schema: oneOf(["true", "false"]).transform((text) => text === "true"),
  },
  CUSTOMERIO_SITE_ID: {
    description: "Site ID of the Customer.io workspace, for the connection that the environment describes",
    schema: z.string().regex(/^[!-9;-~]+$/, "must be printable characters without spaces and colons"),
  },
  CUSTOMERIO_API_KEY: {
    description: "Track API key of that workspace",
    secret: true,
    schema: z.string().regex(/^[!-~]+$/, "must be printable characters without spaces"),
  },
  CUSTOMERIO_REGION: {
    description: "Region of that workspace: `us` or `eu`",
    default: "us",
    schema: oneOf(["us", "eu"]),
  },
  CUSTOMERIO_TRACK_URL: {
    description: "URL to send to instead of Customer.io's own; needs `ALLOW_CUSTOM_TRACK_URL=true`",
    schema: httpUrl(),
  },
  ALLOW_CUSTOM_TRACK_URL: {
    description: "`true` lets a connection send to a host other than Customer.io's",
    default: "false",
    schema: oneOf(["true", "false"]).transform((text) => text === "true"),
  },
  WRITE_KEY: {
    description: "Write key of that connection, at most 200 characters",
    secret: true,
    schema: z
      .string()
      .max(200, "must have at most 200 characters")
      .regex(/^[!-9;-~]+$/, "must be printable characters without spaces and colons"),
  },
  CONNECTION_NAME: {
    description: "Name of that connection, at most 100 characters; its id is derived from the name",
    schema: z.string().trim().min(1, "must not be blank").max(100, "must have at most 100 characters"),
  },
  CONNECTION_SETTINGS: {
    description: "Settings of that connection that differ from their defaults, as a JSON object",
    schema: jsonObject(),
  },
  METRICS_TOKEN: {
    description:
      "Bearer token for `/metrics`, at least 16 characters; without it only direct requests from this machine are answered, and none of a dashboard with a password",
    secret: true,
    schema: z.string().min(16, "must have at least 16 characters; `openssl rand -base64 24` makes one"),
  },
  SANDBOX_SITE_ID: {
    description: "Site ID that the sandbox accepts",
    default: "sandbox-site",
    schema: z.string(),
  },
  SANDBOX_API_KEY: {
    description: "API key that the sandbox accepts",
    default: "sandbox-key",
    secret: true,
    schema: z.string(),
  },
} as const satisfies Record<string, EnvironmentVariable>;

export type EnvironmentVariableName = keyof typeof environmentVariables;

/** What is wrong with one variable. `problem` ends the sentence that begins with its name and quotes no secret. */
export type EnvironmentProblem = { name: EnvironmentVariableName; problem: string };

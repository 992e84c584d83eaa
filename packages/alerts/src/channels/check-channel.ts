import { describeProblems, onePerField } from "@customerio-router/connections";
import { isLoopback } from "@customerio-router/service";
import { z } from "zod";
import { findTemplateProblem } from "../deliver/template.ts";
import type { Checked } from "../problem.ts";
import type { Channel, ChannelSecrets } from "./channel.ts";
import { isWebhookSecret, makeWebhookSecret } from "./webhook-secret.ts";

const maxTemplateLength = 10_000;
const maxRecipients = 20;

/** No control characters, so that none can begin a header or a command of SMTP. */
const line = (label: string, max: number) =>
  z
    .string(`${label} is missing.`)
    .trim()
    .min(1, `${label} is blank.`)
    .max(max, `${label} is longer than ${max} characters.`)
    .regex(/^\P{Cc}*$/u, `${label} contains control characters.`);

/** An address alone: no name, no list, nothing quoted. */
const address = (label: string) =>
  line(label, 254).regex(
    /^[^\s@<>",;:()[\]\\]+@[^\s@<>",;:()[\]\\]+$/,
    `${label} must be an email address such as ops@example.com.`,
  );

const webhook = z.strictObject({
  kind: z.literal("webhook"),
  name: line("The name", 100),
  url: z
    .url({ protocol: /^https?$/, error: "The URL must begin with http:// or https://." })
    .max(2_000, "The URL is longer than 2000 characters.")
    .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), "The URL must not contain a user or a password."),
  secret: z
    .string("The secret must be text.")
    .refine(isWebhookSecret, "The secret must be whsec_ and 24 to 64 bytes in base64.")
    .optional(),
  template: z
    .string("The template must be text.")
    .max(maxTemplateLength, `The template is longer than ${maxTemplateLength} characters.`)
    .superRefine((template, context) => {
      const problem = findTemplateProblem(template);
      if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
    })
    .optional(),
});

const email = z.strictObject({
  kind: z.literal("email"),
  name: line("The name", 100),
  host: line("The mail server", 253).regex(
    /^[\w.:-]+$/,
    "The mail server must be a host name or an address.",
  ),
  port: z
    .int("The port must be a whole number.")
    .min(1, "The port must be from 1 to 65535.")
    .max(65_535, "The port must be from 1 to 65535."),
  security: z.enum(["tls", "starttls", "none"], "Security must be tls, starttls or none."),
  user: line("The user", 200).optional(),
  password: z.string("The password must be text.").min(1, "The password is blank.").max(500).optional(),
  from: address("The sender"),
  to: z
    .array(address("The recipient"), "Name at least one recipient.")
    .min(1, "Name at least one recipient.")
    .max(maxRecipients, `Name at most ${maxRecipients} recipients.`),
});

const channel = z.discriminatedUnion("kind", [webhook, email], "The kind must be webhook or email.");

export type CheckedChannel = { fields: ChannelFields; secrets: ChannelSecrets };
export type ChannelFields = Channel extends infer Each
  ? Each extends Channel
    ? Omit<Each, "id" | "createdAt">
    : never
  : never;

/** Checks the fields of a channel, secrets among them. A webhook's secret that is left out is made. */
export function checkChannel(value: unknown): Checked<CheckedChannel> {
  const result = channel.safeParse(value);
  if (!result.success) return { ok: false, problems: onePerField(describeProblems(result.error)) };
  if (result.data.kind === "webhook") {
    const { url, secret = makeWebhookSecret(), template, ...rest } = result.data;
    const fields = { ...rest, host: new URL(url).host, ...(template !== undefined && { template }) };
    return { ok: true, value: { fields, secrets: { url, secret } } };
  }
  const { user, password, ...rest } = result.data;
  if ((user === undefined) !== (password === undefined)) {
    const field = user === undefined ? "user" : "password";
    return { ok: false, problems: [{ field, message: "User and password go together." }] };
  }
  if (password !== undefined && rest.security === "none" && !isLoopback(rest.host)) {
    const message = "A password is sent only over TLS: choose tls or starttls.";
    return { ok: false, problems: [{ field: "security", message }] };
  }
  const fields = { ...rest, ...(user !== undefined && { user }) };
  return { ok: true, value: { fields, secrets: password === undefined ? {} : { password } } };
}

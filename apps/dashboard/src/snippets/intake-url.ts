import type { FastifyRequest } from "fastify";
import type { ConnectionsContext } from "../connections/connections-context.ts";

/** Where senders reach the intake, as the code to copy names it. */
export function intakeUrlFor(
  { intakeUrl, intakePort }: Pick<ConnectionsContext, "intakeUrl" | "intakePort">,
  { protocol, hostname }: FastifyRequest,
): string {
  return intakeUrl ?? `${protocol}://${hostname}:${intakePort}`;
}

import { hostname, userInfo } from "node:os";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import {
  createRuleStore,
  createSnapshots,
  createSourceStore,
  type Snapshot,
} from "@customerio-router/connections";
import { type Actor, changedFields, recordAction } from "@customerio-router/reports";
import { nameOf } from "@customerio-router/service";
import { openConnections } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { explainError } from "../explain-error.ts";
import { type AuditedCommand, auditedCommands } from "./audited-commands.ts";

/** Enters into the audit log what commands of `audited-commands.ts` have done. */
export function auditCommands(program: CommandUnknownOpts, environment: Environment): void {
  let before: Snapshot | undefined;

  program.hook("preAction", async (_program, command) => {
    const audited = auditedCommands[nameOf(command)];
    if (audited === undefined) return;
    try {
      before = await readSnapshot(environment, audited, command.args);
    } catch {
      // What is wrong with the environment, or with Redis, the command itself is about to say.
    }
  });
  program.hook("postAction", async (_program, command) => {
    const audited = auditedCommands[nameOf(command)];
    const { dryRun } = command.opts() as { dryRun?: boolean };
    if (audited === undefined || dryRun || process.exitCode) return;
    try {
      await record(environment, audited, command.args, before);
    } catch (error) {
      console.error(`${nameOf(command)} is done, and not in the audit log: ${await explainError(error)}`);
    }
  });
}

async function readSnapshot(
  environment: Environment,
  { subject }: AuditedCommand,
  args: readonly string[],
  former?: Snapshot,
): Promise<Snapshot | undefined> {
  if (subject === undefined) return undefined;
  await using open = await openConnections(environment);
  const { redis, store, secretKey } = open;
  const rules = createRuleStore({ redis, secretKey });
  const snapshots = createSnapshots({ store, sources: createSourceStore(redis), rules });
  const { kind, argument } = subject;
  const id = former?.id ?? (await snapshots.find(kind, args[argument] ?? ""));
  return id === undefined ? undefined : await snapshots[kind](id);
}

async function record(
  environment: Environment,
  audited: AuditedCommand,
  args: readonly string[],
  before: Snapshot | undefined,
): Promise<void> {
  const after = await readSnapshot(environment, audited, args, before);
  const changes = audited.subject === undefined ? [] : changedFields(before?.state, after?.state);
  const { id, name } = after ?? before ?? {};
  await using open = await openConnections(environment);
  await recordAction(open.redis, {
    action: audited.action,
    by: actor(),
    ...(audited.subject && {
      subject: { kind: audited.subject.kind, ...(id && { id }), ...(name && { name }) },
    }),
    ...(changes.length > 0 && { changes }),
  });
}

function actor(): Actor {
  return { user: userName(), via: "command line", from: hostname() };
}

/** A container's user may have a number and no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}

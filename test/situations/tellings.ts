import { createAlertStore } from "@customerio-router/alerts";
import { type Receiver, startProcess, startReceiver } from "@customerio-router/fixtures";
import type { RedisClient } from "@customerio-router/redis";
import { secretKey } from "../system.ts";

/** What a receiver was told by alerts, and what the doctor says. */
export type Tellings = {
  alert: string;
  doctor: string;
  rows: { begun: string[]; over: string[]; doctor: string[] };
};

/** Begins to receive alerts. They are told soon, so that 20 s are enough. */
export async function startAlerts(redis: RedisClient): Promise<Receiver> {
  const receiver = await startReceiver();
  const alerts = createAlertStore({ redis, secretKey });
  const settings = await alerts.saveSettings({ holdMs: 3_000, retryingMs: 1_000 });
  const channel = await alerts.createChannel({ kind: "webhook", name: "Receiver", url: receiver.url });
  if (!settings.ok || !channel.ok) throw new Error("the alerts were not set up");
  return receiver;
}

/** Since the receiver had `from` requests, and right now. */
export async function readTellings(
  { received }: Receiver,
  { from, env }: { from: number; env: Record<string, string> },
): Promise<Tellings> {
  // Each intake tells of Redis, all under one id.
  const told = new Map(
    received.slice(from).map(({ headers, body }) => [String(headers["webhook-id"]), JSON.parse(body)]),
  );
  const of = (type: string) =>
    [...told.values()].filter((each) => each.type === type).map(({ data }) => String(data.condition));
  const findings = await examine(env);
  return {
    alert: [...told.values()].map(({ data }) => data.summary).join(" · ") || "nothing",
    doctor: findings.map(({ check, text }) => `${check}: ${text}`).join(" · ") || "nothing wrong",
    rows: {
      begun: of("alert.begun"),
      over: of("alert.over"),
      doctor: findings.flatMap(({ runbook = "" }) => runbook.split("#").slice(1)),
    },
  };
}

type Finding = { check: string; ok: boolean; text: string; runbook?: string };

async function examine(env: Record<string, string>): Promise<Finding[]> {
  await using doctor = await startProcess({
    entry: "apps/cli/src/main.ts",
    args: ["doctor", "--json"],
    env,
    timeoutMs: 30_000,
  });
  await doctor.exited;
  const { checks } = JSON.parse(doctor.stdout) as { checks: Finding[] };
  return checks.filter(({ ok }) => !ok);
}

import { isIP } from "node:net";
import type { DoctorConfig } from "./check-environment.ts";
import { type Finding, good, wrong } from "./finding.ts";

/** `/readyz` answers within a second. */
const timeoutMs = 2_000;

/** Who answers at the ports of the apps on this machine. A port that is free is not wrong: the app may run elsewhere. */
export async function checkPorts(config: DoctorConfig): Promise<Finding[]> {
  const ports = [
    ["intake", "INTAKE_PORT", config.INTAKE_PORT],
    ["dashboard", "DASHBOARD_PORT", config.DASHBOARD_PORT],
    ["worker", "WORKER_PORT", config.WORKER_PORT],
  ] as const;
  return await Promise.all(
    ports
      .filter(([, , port]) => port !== 0)
      .map(([app, variable, port]) => checkPort({ app, variable, port, host: reachable(config.HOST) })),
  );
}

type Port = { app: string; variable: string; port: number; host: string };

async function checkPort({ app, variable, port, host }: Port): Promise<Finding> {
  const check = `Port ${port}`;
  const reply = await ask(`http://${host}:${port}/readyz`);
  if (reply === "nobody") return good(check, `Free: no ${app} runs on this machine.`);
  if (reply === "silent")
    return wrong(check, `What listens there does not answer.`, `Restart the ${app}, or set ${variable}.`);
  if (!isReadiness(reply))
    return wrong(
      check,
      `Another program than the ${app} answers.`,
      `Stop it, or set ${variable} to another port.`,
    );
  if (!reply.ready)
    return wrong(check, `The ${app} is not ready: ${reply.problems.join(" ")}`, `Read its log.`);
  return good(check, [`The ${app} is ready.`, ...reply.warnings].join(" "));
}

type Readiness = { ready: boolean; problems: string[]; warnings: string[] };

function isReadiness(reply: unknown): reply is Readiness {
  const { ready, problems, warnings } = (reply ?? {}) as Partial<Readiness>;
  return typeof ready === "boolean" && Array.isArray(problems) && Array.isArray(warnings);
}

async function ask(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: "manual" });
    return await response.json().catch(() => undefined);
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    if (code === "ECONNREFUSED") return "nobody";
    return (error as Error).name === "TimeoutError" ? "silent" : undefined;
  }
}

/** Whoever listens on every interface answers on this one. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return isIP(host) === 6 ? `[${host}]` : host;
}

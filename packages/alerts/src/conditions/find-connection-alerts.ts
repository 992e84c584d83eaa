import type { Connection } from "@customerio-router/connections";
import { type ConnectionReport, nameState, type Reports } from "@customerio-router/reports";
import { duration } from "@customerio-router/service";
import { sentence } from "../notices/plain-text.ts";
import type { AlertSettings } from "../settings/alert-settings.ts";
import type { AlertCondition } from "./alert-conditions.ts";
import type { FoundAlert } from "./found-alert.ts";

type Source = { connections: readonly Connection[]; reports: Reports; settings: AlertSettings };

/** What is wrong with single connections right now, by the state that pages, API and doctor show. */
export function findConnectionAlerts(
  { connections, reports, settings }: Source,
  nowMs: number,
): FoundAlert[] {
  const names = new Map(connections.map(({ id, name }) => [id, name]));
  const hasWorkers = reports.workers.length > 0;
  return reports.connections.flatMap((report) => {
    const subject = { kind: "connection" as const, id: report.id, name: names.get(report.id) ?? report.id };
    return [...(hasWorkers ? ofState(report, settings, nowMs) : []), ...ofAge(report, settings, nowMs)].map(
      (alert) => ({
        ...alert,
        detail: `${sentence(alert.detail)} ${describeWaiting(report.messagesWaiting)}`,
        subject,
        messages: report.messagesWaiting,
        exampleIn: { connectionId: report.id, state: "waiting" },
      }),
    );
  });
}

/** Without workers a connection's state says only that: these are not judged then. */
export const ofDelivery: AlertCondition[] = ["keys-refused", "needs-attention", "retrying", "no-owner"];

type Judged = Pick<FoundAlert, "condition" | "detail">;

function ofState({ state }: ConnectionReport, settings: AlertSettings, nowMs: number): Judged[] {
  switch (state.state) {
    case "keys-refused":
      return [{ condition: "keys-refused", detail: state.why }];
    case "needs-attention":
      return [{ condition: "needs-attention", detail: state.why }];
    case "retrying":
      if (nowMs - state.sinceMs < settings.retryingMs) return [];
      return [{ condition: "retrying", detail: `${nameState(state, nowMs)}: ${state.why}` }];
    case "no-worker":
      return [{ condition: "no-owner", detail: "No worker delivers it." }];
    default:
      return [];
  }
}

/** What is paused waits because a person wants it to. */
function ofAge(
  { state, oldestWaitingAtMs }: ConnectionReport,
  { oldestWaitingMs }: AlertSettings,
  nowMs: number,
): Judged[] {
  if (oldestWaitingAtMs === undefined || state.state === "paused") return [];
  const ageMs = nowMs - oldestWaitingAtMs;
  if (ageMs < oldestWaitingMs) return [];
  return [{ condition: "waiting-long", detail: `The oldest message has waited for ${duration(ageMs)}.` }];
}

function describeWaiting(messages: number): string {
  return messages === 1 ? "1 message waits." : `${messages.toLocaleString("en")} messages wait.`;
}

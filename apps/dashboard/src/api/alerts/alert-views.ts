import { describeNotice, type NewNotice, type Pause, type Silence } from "@customerio-router/alerts";
import type { Firing } from "../../alerts/read-firing.ts";
import { isoTime } from "../iso-time.ts";

export function viewPause({ untilMs, note }: Pause) {
  return { until: isoTime(untilMs), note };
}

export function viewSilence({ untilMs, ...silence }: Silence) {
  return { ...silence, until: isoTime(untilMs) };
}

export function viewFiring({ condition, subject, detail, messages, example, beganAtMs, isMuted }: Firing) {
  return {
    condition,
    ...(subject && { [subject.kind]: { id: subject.id, name: subject.name } }),
    detail,
    messages,
    ...(example !== undefined && { example }),
    beganAt: isoTime(beganAtMs),
    muted: isMuted,
  };
}

/** A notice of the history, with how its delivery to each channel stands. */
export function viewNotice({ notice, deliveries }: NewNotice, dashboardUrl: string | null) {
  const { id, event, condition, atMs } = notice;
  return {
    id,
    event,
    condition,
    at: isoTime(atMs),
    ...describeNotice(notice, dashboardUrl),
    deliveries: deliveries.map(({ channelId, delivery }) => ({
      channel: channelId,
      state: delivery.state,
      tries: delivery.tries,
      ...(delivery.why !== undefined && { why: delivery.why }),
      ...(delivery.atMs !== undefined && { at: isoTime(delivery.atMs) }),
      ...(delivery.nextTryAtMs !== undefined && { nextTryAt: isoTime(delivery.nextTryAtMs) }),
    })),
  };
}

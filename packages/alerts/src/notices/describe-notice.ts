import { type Situation, situations } from "@customerio-router/reports";
import { duration } from "@customerio-router/service";
import { maxNamed, type Notice, type NoticedAlert } from "./notice.ts";
import { plainText, sentence } from "./plain-text.ts";

/** A notice in words, as every channel gives it. */
export type NoticeText = {
  /** One line: what began or ended. */
  title: string;
  /** One line: the title, whom it concerns, and how many messages. */
  summary: string;
  /** What is known of each subject, a line each. */
  detail: string;
  action: string;
  /** Of the dashboard: the connection's page, or the row of the runbook. */
  link: string;
  messages: number;
  /** The id of one message; empty where there is none. */
  example: string;
  /** Names of connections, comma-separated; empty where it concerns the whole installation. */
  connections: string;
};

const test: Situation = {
  symptom: "This is a test.",
  meaning: "The channel works.",
  action: "Nothing is to be done.",
};

export function describeNotice(notice: Notice, dashboardUrl: string | null): NoticeText {
  const { event, condition, alerts, atMs } = notice;
  const { symptom, meaning, action } = condition === undefined ? test : situations[condition];
  const title = event === "over" ? `Over: ${symptom}` : symptom;
  const named = alerts.slice(0, maxNamed);
  const names = named.flatMap(({ subject }) => (subject ? [subject.name] : []));
  const more = alerts.length > named.length ? ` and ${alerts.length - named.length} more` : "";
  const messages = alerts.reduce((sum, alert) => sum + alert.messages, 0);
  const lines = named.map((alert) => lineOf(alert, event, atMs));
  const texts = {
    title,
    summary: [title, ...lines].join(" ") + more,
    connections: names.join(", ") + (names.length > 0 ? more : ""),
    action: event === "over" ? "Nothing is to be done." : action.replaceAll("`", ""),
    link: linkOf(notice, dashboardUrl ?? ""),
    example: alerts.find(({ example }) => example !== undefined)?.example ?? "",
  };
  const plain = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, plainText(text)]),
  ) as typeof texts;
  const detail = [
    ...lines.map((line) => plainText(line) || plainText(meaning)),
    ...(more ? [more.trim()] : []),
  ];
  return { ...plain, detail: detail.length > 0 ? detail.join("\n") : plainText(meaning), messages };
}

function lineOf({ subject, detail, beganAtMs }: NoticedAlert, event: string, atMs: number): string {
  const text = event === "over" ? `After ${duration(Math.max(0, atMs - beganAtMs))}.` : sentence(detail);
  return subject === undefined ? text : `${subject.name}: ${text}`;
}

function linkOf({ condition, alerts }: Notice, dashboardUrl: string): string {
  const [only] = alerts;
  if (alerts.length === 1 && only?.subject) return `${dashboardUrl}/connections/${only.subject.id}`;
  return condition === undefined ? `${dashboardUrl}/alerts` : `${dashboardUrl}/runbook#${condition}`;
}

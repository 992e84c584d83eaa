import type { SourceState } from "@customerio-router/connections";
import { type Html, html } from "../page/html.ts";

const names: Record<SourceState, string> = {
  active: "Active",
  paused: "Paused",
  "no-connection": "No connection",
};

const explanations: Record<SourceState, string> = {
  active: "Its calls go to the connections that it feeds.",
  paused: "Its calls are acknowledged, counted and dropped until you resume it.",
  "no-connection": "It feeds no connection: its calls are acknowledged, counted and dropped.",
};

/** The state in words, with its colour only beside them. */
export function sourceStateMark(state: SourceState): Html {
  return html`<span class="state ${state}">${names[state]}</span>`;
}

export function explainSourceState(state: SourceState): string {
  return explanations[state];
}

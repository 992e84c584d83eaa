import type { ConnectionState } from "@customerio-router/connections";
import { type Html, html } from "../page/html.ts";

const labels: Record<ConnectionState["state"], string> = {
  active: "Active",
  paused: "Paused",
  retrying: "Retrying",
  "needs-attention": "Needs attention",
};

/** The state as a word, with its colour only beside it. */
export function stateMark({ state }: ConnectionState): Html {
  return html`<span class="state ${state}">${labels[state]}</span>`;
}

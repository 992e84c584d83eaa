import { type ConnectionState, nameState } from "@customerio-router/reports";
import { type Html, html } from "../page/html.ts";

/** The state in words, with its colour only beside them. */
export function stateMark(state: ConnectionState): Html {
  const name = state.state === "needs-attention" ? "Needs attention" : nameState(state);
  return html`<span class="state ${state.state}">${name}</span>`;
}

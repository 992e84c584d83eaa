import type { ConnectionOverview, ShownSource } from "@customerio-router/connections";
import { type Account, explainState, needsAttention, type RecordedAction } from "@customerio-router/reports";
import { duration } from "@customerio-router/service";
import type { Viewer } from "../../login/viewer.ts";
import { type Html, html } from "../../page/html.ts";
import { layout } from "../../page/layout.ts";
import { timeMark } from "../../page/time-mark.ts";
import { withCode } from "../../page/with-code.ts";
import { boardPath } from "../../queues/connection-queue-adapter.ts";
import { changedSettings } from "../form/setting-fields.ts";
import { stateMark } from "../state-mark.ts";
import { workerName } from "../worker-name.ts";
import { liveForm } from "./live-routes.ts";
import { areAllPaused, sendSection } from "./send-section.ts";

type ConnectionPage = {
  overview: ConnectionOverview;
  /** Of all time. */
  account: Account;
  /** Those that feed it. */
  sources: ShownSource[];
  /** By whom it is paused, where that is known. */
  pause: RecordedAction | undefined;
  /** Where senders reach the intake. */
  intakeUrl: string;
  viewer: Viewer;
};

/** One connection: its state, how to send to it, and its actions. */
export function connectionPage(options: ConnectionPage): Html {
  const { overview, account, sources, pause, intakeUrl, viewer } = options;
  const { connection, state } = overview;
  const { id, name } = connection;
  const turn = state.state === "paused" ? "resume" : "pause";
  const content = html`<div class="heading">
      <h1>${name} ${stateMark(state)}${areAllPaused(sources) ? html` <span class="state paused">Source paused</span>` : ""}</h1>
      ${
        viewer.canWrite
          ? html`<div class="actions">
        <form method="post" action="/connections/${id}/${turn}"><button>${turn === "pause" ? "Pause" : "Resume"}</button></form>
        <a class="button" href="/connections/${id}/edit">Edit</a>
        <a class="button" href="/connections/${id}/rules">Rules</a>
        <a class="button danger" href="/connections/${id}/remove">Delete</a>
      </div>`
          : ""
      }
    </div>
    <p class="${needsAttention(state) || state.state === "no-worker" ? "problem" : "lead"}">${explainState(state)}${
      needsAttention(state) && viewer.canWrite ? html` <a href="/connections/${id}/edit">Correct it</a>` : ""
    }${pause === undefined ? "" : html` Paused by ${pause.by.user} (${pause.by.via}), ${timeMark(pause.atMs, "full")}.`}</p>
    ${account.delivered > 0 ? "" : html`<p class="card">Nothing has been delivered yet: <a href="/connections/${id}/set-up">go on with the set-up</a>.</p>`}
    ${facts(overview)}
    ${connection.settings.delivery === "shadow" && viewer.canWrite ? liveForm(id) : ""}
    ${sendSection({ connection, sources, intakeUrl, viewer })}`;
  return layout({ title: `Connection ${name}`, content, section: "connections", viewer });
}

function facts(overview: ConnectionOverview): Html {
  const { connection, lastFailure, deliveredPerMinute, worker } = overview;
  const { messagesWaiting: waiting, messagesFailed: failed, oldestWaitingAtMs } = overview;
  const changed = changedSettings(connection.settings);
  return html`<dl class="card facts">
      <div><dt>Messages waiting</dt><dd>${waiting}${oldestWaitingAtMs === undefined ? "" : `, the oldest for ${duration(Date.now() - oldestWaitingAtMs)}`}</dd></div>
      <div><dt>Failed messages</dt><dd>${failed === 0 ? failed : html`<a href="/failed?connection=${connection.id}">${failed}</a>`}${lastFailure === undefined ? "" : html`<span class="reason">Latest: ${withCode(lastFailure)}</span>`}</dd></div>
      <div><dt>Delivered per minute</dt><dd>${Math.round(deliveredPerMinute)}, <a href="/messages?connection=${connection.id}">see messages</a> or <a href="/delivery?connection=${connection.id}">the delivery report</a></dd></div>
      <div><dt>Calls do not arrive?</dt><dd><a href="/refused?connection=${connection.id}">See refused calls</a></dd></div>
      <div><dt>Set-up</dt><dd><a href="/connections/${connection.id}/set-up">Checklist and test event</a></dd></div>
      <div><dt>Worker</dt><dd>${worker === undefined ? "None" : workerName(worker)}</dd></div>
      <div><dt>Queue</dt><dd><a href="${boardPath(connection)}">In Bull Board</a></dd></div>
      <div><dt>Region</dt><dd>${connection.region.toUpperCase()}</dd></div>
      ${connection.trackUrl === undefined ? "" : html`<div><dt>Custom URL</dt><dd>${connection.trackUrl}</dd></div>`}
      <div><dt>Site ID</dt><dd>${connection.siteId}</dd></div>
      <div><dt>API Key</dt><dd>•••••••• (encrypted)</dd></div>
      <div><dt>Settings</dt><dd>${
        changed.length === 0
          ? "All defaults"
          : changed.map(({ name, value }) => html`<code>${name}</code> ${value}<br>`)
      }</dd></div>
    </dl>`;
}

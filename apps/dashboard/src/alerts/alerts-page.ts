import type { ChannelTest, NewNotice, Problem, StoredAlerts } from "@customerio-router/alerts";
import type { Connection } from "@customerio-router/connections";
import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import type { TextFields } from "../page/text-fields.ts";
import { withCode } from "../page/with-code.ts";
import { channelList } from "./channels/channel-list.ts";
import { firingTable } from "./firing-table.ts";
import { historyTable } from "./history-table.ts";
import type { Firing } from "./read-firing.ts";
import { settingsForm } from "./settings-form.ts";
import { silenceForms } from "./silence-forms.ts";

/** What a form led to, for the page that answers it. */
export type Told = {
  problems?: Problem[];
  /** The thresholds as they were filled in. */
  settings?: TextFields;
  test?: ChannelTest & { channelId: string };
  /** The signing secret of a new webhook: it is shown this once. */
  secret?: { name: string; secret: string };
};

export type AlertsPage = {
  stored: StoredAlerts;
  connections: Connection[];
  history: NewNotice[];
  firing: Firing[];
  told: Told;
  viewer: Viewer;
};

/** What fires, where it is told, and what is told of. */
export function alertsPage(page: AlertsPage): Html {
  const { stored, told, viewer } = page;
  const content = html`<h1>Alerts</h1>
    <p class="lead">Tells you what is wrong, once, and once when it is over: by webhook, in a chat, or by e-mail.</p>
    ${told.problems ? html`<div class="problem" role="alert"><p>Not saved.</p><ul>${told.problems.map(({ message }) => html`<li>${withCode(message)}</li>`)}</ul></div>` : ""}
    ${told.secret ? newSecret(told.secret) : ""}
    ${firingTable(page)}
    ${channelList({ channels: stored.channels, test: told.test, canWrite: viewer.canWrite })}
    ${silenceForms(page)}
    ${historyTable(page)}
    ${viewer.canWrite ? settingsForm(stored.settings, told) : ""}`;
  return layout({ title: "Alerts", content, section: "alerts", viewer });
}

function newSecret({ name, secret }: { name: string; secret: string }): Html {
  return html`<section class="card" aria-labelledby="secret">
      <h2 id="secret">Signing secret of ${name}</h2>
      <p>Enter it at the receiver, which verifies with it that requests are from here. It is not shown again.</p>
      <pre tabindex="0" aria-label="Signing secret">${secret}</pre>
    </section>`;
}

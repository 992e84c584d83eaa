import type { Channel, ChannelTest } from "@customerio-router/alerts";
import { type Html, html } from "../../page/html.ts";

type ChannelList = {
  channels: Channel[];
  test: (ChannelTest & { channelId: string }) | undefined;
  canWrite: boolean;
};

/** Where alerts are sent. Of a webhook's URL the host is shown: the rest may hold a token. */
export function channelList({ channels, test, canWrite }: ChannelList): Html {
  return html`<section class="card" aria-labelledby="channels">
      <h2 id="channels">Channels</h2>
      ${channels.length === 0 ? html`<p>There is none yet.</p>` : table({ channels, test, canWrite })}
      ${
        canWrite
          ? html`<p class="actions"><a class="button" href="/alerts/channels/new?kind=webhook">Add a webhook</a> <a class="button" href="/alerts/channels/new?kind=email">Add e-mail</a></p>`
          : ""
      }
    </section>`;
}

function table({ channels, test, canWrite }: ChannelList): Html {
  return html`<table class="rows stack">
        <thead><tr><th scope="col">Name</th><th scope="col">Kind</th><th scope="col">Where</th>${canWrite ? html`<th scope="col">Change</th>` : ""}</tr></thead>
        <tbody>${channels.map((channel) => row(channel, { test: test?.channelId === channel.id ? test : undefined, canWrite }))}</tbody>
      </table>`;
}

function row(
  channel: Channel,
  { test, canWrite }: { test: ChannelTest | undefined; canWrite: boolean },
): Html {
  const { id, name, kind } = channel;
  return html`<tr>
          <th scope="row">${name}</th>
          <td data-label="Kind">${kind === "webhook" ? "Webhook" : "E-mail"}</td>
          <td data-label="Where">${channel.kind === "webhook" ? channel.host : html`${channel.to.join(", ")}<span class="reason">by ${channel.host}:${channel.port}</span>`}</td>
          ${
            canWrite
              ? html`<td data-label="Change"><form method="post" action="/alerts/channels/test" class="actions">
            <input type="hidden" name="id" value="${id}">
            <button>Test<span class="unseen"> ${name}</span></button>
            <a href="/alerts/channels/${id}">Edit<span class="unseen"> ${name}</span></a>
          </form>${test ? html`<p class="${test.ok ? "hint" : "problem"}" role="status">${test.message}</p>` : ""}</td>`
              : ""
          }
        </tr>`;
}

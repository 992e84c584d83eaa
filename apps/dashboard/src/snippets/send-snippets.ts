import { browserSnippet, type SourceKind } from "@customerio-router/connections";
import { type Html, html } from "../page/html.ts";
import { copyable } from "./copyable.ts";
import { curlSnippet, nodeSnippet } from "./snippets.ts";

type SendSnippets = {
  writeKey: string;
  /** Where senders reach the intake. */
  intakeUrl: string;
  /** Left out while nobody has said what sends: the code for each kind. */
  kind?: SourceKind | undefined;
};

/** Code to copy that sends a call with a write key. */
export function sendSnippets({ writeKey, intakeUrl, kind }: SendSnippets): Html {
  const isFor = (one: SourceKind) => kind === undefined || kind === one;
  return html`${copyable({ id: "curl", label: "With curl", text: curlSnippet(writeKey, intakeUrl) })}
      ${isFor("browser") ? onPages({ writeKey, intakeUrl }) : ""}
      ${isFor("server") ? copyable({ id: "node", label: "From Node, with @segment/analytics-node", text: nodeSnippet(writeKey, intakeUrl) }) : ""}`;
}

function onPages(where: { writeKey: string; intakeUrl: string }): Html {
  return html`${copyable({ id: "snippet", label: "On a web page, before </head>", text: browserSnippet(where) })}
      <p class="hint">Everybody who opens the page can read this write key, and can use it to identify anybody, change their email address, unsubscribe them, or merge two people with <code>alias</code>. Create a <code>browser</code> source for pages, keep the write keys of servers secret, and leave <code>destructiveEvents</code> off. docs/security.md lists what else to do.</p>`;
}

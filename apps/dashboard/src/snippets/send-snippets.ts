import { browserSnippet, type SourceKind } from "@customerio-router/connections";
import { type Html, html } from "../page/html.ts";
import { copyable } from "./copyable.ts";
import { type CodeBlock, sendingAsMarkdown } from "./markdown.ts";
import { sdkAddresses } from "./sdk-addresses.ts";
import { curlSnippet, nodeSnippet, pageSnippet, pythonSnippet } from "./snippets.ts";

type SendSnippets = {
  writeKey: string;
  /** Where senders reach the intake. */
  intakeUrl: string;
  /** Left out while nobody has said what sends: the code for each kind. */
  kind?: SourceKind | undefined;
};

type Snippet = CodeBlock & { id: string };

/** Code to copy that sends calls with a write key: one tab for each way, all below each other without JavaScript. */
export function sendSnippets({ writeKey, intakeUrl, kind }: SendSnippets): Html {
  const isFor = (one: SourceKind) => kind === undefined || kind === one;
  const curl = block("curl", "With curl", "sh", curlSnippet(writeKey, intakeUrl));
  const web = [
    block("snippet", "In the head of every web page", "html", browserSnippet({ writeKey, intakeUrl })),
    block("page-calls", "Then, anywhere on the page", "html", pageSnippet),
  ];
  const node = block(
    "node",
    "From Node, with @segment/analytics-node",
    "js",
    nodeSnippet(writeKey, intakeUrl),
  );
  const python = block(
    "python",
    "From Python, without a library",
    "python",
    pythonSnippet(writeKey, intakeUrl),
  );
  const sdks = sdkAddresses
    .filter((each) => isFor(each.kind))
    .map(({ sdk, code }) => ({ sdk, code: code(JSON.stringify(writeKey), JSON.stringify(intakeUrl)) }));
  const blocks = [...(isFor("browser") ? web : []), ...(isFor("server") ? [node, python] : []), curl];
  const sdkBlocks = sdks.map(({ sdk, code }) => ({ title: `With ${sdk}`, language: "js", code }));
  const markdown = sendingAsMarkdown({ writeKey, intakeUrl, blocks: [...blocks, ...sdkBlocks] });
  return html`<div class="tabs" data-tabs="Ways to send">
        ${isFor("browser") ? panel("Web", html`${web.map(copyable)}${openKey()}`) : ""}
        ${isFor("server") ? html`${panel("Node", copyable(node))}${panel("Python", copyable(python))}` : ""}
        ${panel("curl", copyable(curl))}
        ${panel("SDKs", sdkTable(sdks))}
      </div>
      <p class="actions"><button type="button" data-copy="markdown" hidden>Copy as Markdown</button></p>
      <details><summary>All of it as Markdown, for a developer</summary><pre id="markdown" tabindex="0" aria-label="Markdown">${markdown}</pre></details>`;
}

function block(
  id: string,
  title: string,
  language: string,
  code: string,
): Snippet & { label: string; text: string } {
  return { id, title, language, code, label: title, text: code };
}

function panel(name: string, content: Html): Html {
  return html`<div data-tab="${name}">${content}</div>`;
}

function sdkTable(sdks: { sdk: string; code: string }[]): Html {
  return html`<h3>With an SDK that you have</h3>
      <table class="rows stack"><thead><tr><th scope="col">SDK</th><th scope="col">Where the address goes</th></tr></thead>
      <tbody>${sdks.map(({ sdk, code }) => html`<tr><th scope="row"><code>${sdk}</code></th><td data-label="Where the address goes"><code>${code}</code></td></tr>`)}</tbody></table>
      <p class="hint">Each is tested unmodified. Then call <code>identify</code> before <code>track</code>.</p>`;
}

function openKey(): Html {
  return html`<p class="hint">Everybody who opens the page can read this write key, and can use it to identify anybody, change their email address, unsubscribe them, or merge two people with <code>alias</code>. Create a <code>browser</code> source for pages, keep the write keys of servers secret, and leave <code>destructiveEvents</code> off.</p>`;
}

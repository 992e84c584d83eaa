import type { Viewer } from "../login/viewer.ts";
import { messageMark } from "../messages/message-row.ts";
import { plot } from "../overview/plot.ts";
import { checklist } from "../page/checklist.ts";
import { textField } from "../page/fields/text-field.ts";
import { type Html, html } from "../page/html.ts";
import { jsonView } from "../page/json-view.ts";
import { layout } from "../page/layout.ts";
import { selectField } from "../page/select-field.ts";
import { timeMark } from "../page/time-mark.ts";
import { utcField } from "../page/utc-time.ts";
import { withCode } from "../page/with-code.ts";
import { copyable } from "../snippets/copyable.ts";

/** The colours of `assets/styles/theme.css`, with what each is for. */
const colours: [name: string, use: string][] = [
  ["ground", "behind cards"],
  ["surface", "cards"],
  ["text", "text"],
  ["quiet", "what is read second"],
  ["line", "borders"],
  ["accent", "links, the first button, focus"],
  ["on-accent", "text on accent"],
  ["good", "delivered, active"],
  ["warn", "skipped, retrying"],
  ["warn-ground", "behind a warning"],
  ["bad", "rejected, stopped"],
  ["bad-ground", "behind a problem"],
  ["code", "behind code"],
  ["calm", "received, waiting"],
  ["worse", "5xx, removed"],
];

const hour = 3_600_000;
const atMs = Date.UTC(2026, 0, 2, 3);

/** Every token and component of the dashboard, each with the name that its code has. */
export function stylesPage(viewer: Viewer): Html {
  const content = html`<h1>Styles</h1>
    <p class="lead">What the dashboard's pages are made of, for developers. Use these, by these names, before you make another one.</p>
    ${piece("Colours", "theme.css", html`<ul class="swatches">${colours.map(([name, use]) => html`<li><span class="swatch ${name}"></span><span><code>--${name}</code> <span class="hint">${use}</span></span></li>`)}</ul>`)}
    ${piece(
      "Text",
      "theme.css",
      html`<h1>Heading of a page</h1><h2>Heading of a card</h2><h3>Heading within a card</h3>
      <p class="lead">lead: what a page is for, its first sentence.</p>
      <p>Text with a <a href="#text">link</a> and ${withCode("`code`, by withCode")}.</p>
      <p class="hint">hint: what helps and may be skipped.</p>`,
    )}
    ${piece(
      "Notices",
      "pieces.css",
      html`<p class="done" role="status">done: Retrying 133 messages.</p>
      <p class="warning">warning: what a person should know before they go on.</p>
      <p class="problem">problem: what is wrong, and what to do.</p>`,
    )}
    ${piece("Buttons", "pieces.css", html`<p class="actions"><button type="button" class="primary">primary</button> <button type="button">button</button> <a class="button" href="#buttons">a.button</a> <button type="button" class="danger">danger</button> <button type="button" class="link">link</button></p>`)}
    ${piece("States", "pieces.css", html`<p class="actions">${(["delivered", "skipped", "rejected", "waiting"] as const).map(messageMark)} <span class="state active">Active</span> <span class="state paused">Paused</span> <span class="state needs-attention">Needs attention</span></p>`)}
    ${piece(
      "Facts and tiles",
      "overview.css",
      html`<dl class="facts"><div><dt>Name</dt><dd>Value</dd></div><div><dt>A time, by timeMark</dt><dd>${timeMark(atMs, "full")}</dd></div></dl>
      <dl class="tiles"><div><dt>Delivered</dt><dd><a class="tile" href="/messages?outcome=delivered">12.3K</a></dd></div><div><dt>Rejected</dt><dd><a class="tile" href="/failed">7</a></dd></div></dl>`,
    )}
    ${piece(
      "Fields",
      "forms.css",
      html`<div class="filters">${textField({ name: "styles-text", label: "textField", hint: "A hint below it.", value: "", problem: undefined })}
      ${textField({ name: "styles-wrong", label: "textField with a problem", hint: "A hint below it.", value: "?", problem: "`?` is no name." })}
      ${selectField({ name: "styles-select", label: "selectField", value: "", choices: [["", "Any"]] })}
      ${utcField("styles-time", "utcField", "2026-01-02T03:04")}</div>`,
    )}
    ${piece(
      "Table",
      "tables.css",
      html`<table class="rows stack"><thead><tr><th scope="col">Time</th><th scope="col">Message</th><th scope="col" class="number">Number</th></tr></thead>
      <tbody><tr><td class="when">${timeMark(atMs, "day")}</td><th scope="row"><span class="type">track</span> <a href="#table">Order Completed</a><span class="reason">A reason below it</span></th><td class="number" data-label="Number">1,234</td></tr></tbody></table>`,
    )}
    ${piece(
      "Checklist",
      "pieces.css",
      checklist([
        { title: "done", state: "done", text: html`What has happened.` },
        { title: "open", state: "open", text: html`What it waits for.` },
        { title: "problem", state: "problem", text: html`What is wrong, and what to do.` },
      ]),
    )}
    ${piece("Tabs", "pieces.css", html`<div class="tabs" data-tabs="Examples"><div data-tab="First">${copyable({ id: "styles-copyable", label: "copyable", text: "A text to copy" })}</div><div data-tab="Second"><p>Arrow keys go from tab to tab.</p></div></div>`)}
    ${piece("Timeline", "message.css", html`<ol class="timeline"><li class="good"><div class="when">${timeMark(atMs, "full")}</div><div><b>good</b> A step.</div></li><li class="warn"><div class="when"></div><div><b>warn</b></div></li><li class="bad"><div class="when"></div><div><b>bad</b></div></li><li class="open"><div class="when"></div><div><b>open</b></div></li></ol>`)}
    ${piece("JSON", "message.css", jsonView({ type: "track", total: 12 }, "An example"))}
    ${plot({
      id: "styles-plot",
      title: "plot",
      times: [0, 1, 2, 3].map((index) => atMs + index * hour),
      point: "hour",
      form: "bars",
      write: String,
      series: [
        { label: "Delivered", colour: "good", values: [3, 5, 2, 6] },
        { label: "Rejected", colour: "bad", values: [0, 1, 0, 2] },
      ],
    })}
    <section class="card empty"><h2>Empty</h2><p>Says why there is nothing, and what to do.</p></section>`;
  return layout({ title: "Styles", content, viewer, hasPlots: true });
}

function piece(title: string, file: string, content: Html): Html {
  const id = title.toLowerCase().replaceAll(" ", "-");
  return html`<section class="card" aria-labelledby="${id}"><div class="heading"><h2 id="${id}">${title}</h2><span class="hint">assets/styles/${file}</span></div>${content}</section>`;
}

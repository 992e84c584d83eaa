import type { Viewer } from "../login/viewer.ts";
import { banner } from "../runbook/banner.ts";
import { type Html, html } from "./html.ts";

type Layout = {
  title: string;
  content: Html;
  /** Where the person is, by its entry in the navigation. */
  section?:
    | "overview"
    | "connections"
    | "sources"
    | "messages"
    | "delivery"
    | "failed"
    | "refused"
    | "replay"
    | "erasure"
    | "alerts"
    | "audit"
    | "try";
  /** `undefined` on pages for people who are not logged in. */
  viewer?: Viewer;
  /** Has plots, which uPlot draws. */
  hasPlots?: boolean;
  /** Where the browser goes on to by itself. */
  goTo?: string;
};

/** The frame of every page. */
export function layout({ title, content, section, viewer, hasPlots = false, goTo }: Layout): Html {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <meta name="color-scheme" content="light dark">
    ${goTo === undefined ? "" : html`<meta http-equiv="refresh" content="0; url=${goTo}">`}
    <title>${title} · customerio-router</title>
    <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/assets/dashboard.css">
    <script src="/assets/dashboard.js" defer></script>
    ${hasPlots ? html`<script src="/assets/uplot.js" defer></script><script src="/assets/plots.js" defer></script>` : ""}
  </head>
  <body>
    <a class="skip" href="#content">Skip to content</a>
    <header class="bar">
      <a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="24" height="24"> customerio-router</a>
      ${viewer ? links(section, viewer) : ""}
    </header>
    <main id="content" tabindex="-1">${viewer ? banner(viewer.situations) : ""}${content}</main>
  </body>
</html>`;
}

/** Those of the menu at the end, so that the others fit into one line. */
const more: Layout["section"][] = ["replay", "erasure", "audit"];

function links(section: Layout["section"], { canLogOut }: Viewer): Html {
  const current = (name: Layout["section"]) => (name === section ? html` aria-current="page"` : "");
  return html`<nav aria-label="Main">
        <a href="/overview"${current("overview")}>Overview</a>
        <a href="/"${current("connections")}>Connections</a>
        <a href="/sources"${current("sources")}>Sources</a>
        <a href="/messages"${current("messages")}>Messages</a>
        <a href="/delivery"${current("delivery")}>Delivery</a>
        <a href="/failed"${current("failed")}>Failed</a>
        <a href="/refused"${current("refused")}>Refused</a>
        <a href="/alerts"${current("alerts")}>Alerts</a>
        <a href="/try"${current("try")}>Try a call</a>
        <details class="more" data-menu>
          <summary${more.includes(section) ? html` class="current"` : ""}>More</summary>
          <div class="card">
            <a href="/replay"${current("replay")}>Replay</a>
            <a href="/erasure"${current("erasure")}>Erase</a>
            <a href="/audit"${current("audit")}>Audit log</a>
            <a href="/queues">Bull Board</a>
          </div>
        </details>
        ${canLogOut ? html`<form method="post" action="/logout"><button class="link">Log out</button></form>` : ""}
      </nav>`;
}

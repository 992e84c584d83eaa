import { type Html, html } from "./html.ts";

const sections = [
  { href: "/", title: "Overview" },
  { href: "/people", title: "People" },
  { href: "/activity", title: "Activity" },
] as const;

type Frame = {
  title: string;
  /** The page's path and query. */
  url: string;
  /** The page reloads every 2 s. */
  isLive: boolean;
  faultsInForce: number;
};

/** A whole document around the content of one page. */
export function layout({ title, url, isLive, faultsInForce }: Frame, main: Html): string {
  const path = url.split("?")[0];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Sandbox</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
${isLive && html`<meta http-equiv="refresh" content="2">`}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<a class="brand" href="/"><span class="mark" aria-hidden="true"></span>Sandbox</a>
<nav aria-label="Sections">${sections.map(
    (section) =>
      html`<a href="${section.href}"${section.href === path && html` aria-current="page"`}>${section.title}</a>`,
  )}</nav>
<a class="live" href="${withLive(url, !isLive)}"><span class="dot${isLive && " on"}" aria-hidden="true"></span>Live <span class="state">${isLive ? "on" : "off"}</span></a>
</header>
<main id="main" tabindex="-1">
${faultsInForce > 0 && faultNotice(faultsInForce)}
${main}
</main>
<footer>A stand-in for Customer.io. It stores everything in memory and forgets it when it stops. As JSON:
<a href="/api/people">people</a>, <a href="/api/activity">activity</a>, <a href="/api/requests">requests</a>, <a href="/api/operations">operations</a>.</footer>
</body>
</html>
`;
  return page.markup;
}

function faultNotice(count: number): Html {
  const what = count === 1 ? "1 fault is" : `${count} faults are`;
  return html`<p class="notice" role="status"><strong>Faults injected.</strong> ${what} active: <a href="/api/faults">list of faults</a>.</p>`;
}

/** The same page with live updates on or off. */
function withLive(url: string, isLive: boolean): string {
  const { pathname, searchParams } = new URL(url, "http://sandbox");
  if (isLive) searchParams.set("live", "on");
  else searchParams.delete("live");
  return searchParams.size === 0 ? pathname : `${pathname}?${searchParams}`;
}

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { browserSnippet } from "@customerio-router/connections";
import type { Browser, Page } from "playwright-core";
import { rolldown } from "rolldown";
import { launchChromium } from "../chromium.ts";
import type { Sdk, SdkTarget, StartSdk } from "./sdk.ts";

/** Chromium with pages that run SDKs, each as its vendor publishes it. */
export type SdkBrowser = AsyncDisposable & {
  /** An SDK of npm, bundled into a page: the name of a file in `pages`. */
  startBundled(name: string): StartSdk;
  /** Segment's SDK as the intake serves it, in a page of the snippet and what comes after it. */
  openSnippet(target: SdkTarget, html?: string): Promise<SdkPage>;
};

type SdkPage = Sdk & {
  /** Errors and warnings in the page's console. */
  complaints: readonly string[];
  /** What a script of the page sees of a POST. */
  post(url: string, body: object): Promise<{ status: number; body: unknown }>;
};

export async function openSdkBrowser(): Promise<SdkBrowser> {
  await using opening = new AsyncDisposableStack();
  const pages = opening.use(await servePages());
  const browser = await launchChromium();
  opening.defer(() => browser.close());
  const opened = opening.move();
  const bundles = new Map<string, Promise<string>>();

  function bundled(name: string): Promise<string> {
    const code = bundles.get(name) ?? bundle(name);
    bundles.set(name, code);
    return code;
  }

  async function start(target: SdkTarget, html: string): Promise<SdkPage> {
    return openPage({ browser, target, url: pages.add(html) });
  }

  return {
    startBundled: (name) => async (target) => {
      const code = await bundled(name);
      return start(target, `<script>${code.replaceAll("</script", "<\\/script")}</script>`);
    },
    openSnippet: (target, html = "") => start(target, browserSnippet(target) + html),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function openPage({
  browser,
  target,
  url,
}: {
  browser: Browser;
  target: SdkTarget;
  url: string;
}): Promise<SdkPage> {
  const context = await browser.newContext();
  // A machine with no network but its own loopback counts as offline, and an SDK that is offline waits.
  await context.addInitScript(`Object.defineProperty(navigator, "onLine", { get: () => true });
    window.target = ${JSON.stringify(target)};`);
  const page = await context.newPage();
  const elsewhere: string[] = [];
  const known = [url, target.intakeUrl].map((address) => new URL(address).origin);
  page.on("request", (request) => {
    if (!known.includes(new URL(request.url()).origin)) elsewhere.push(request.url());
  });
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(url);
  const call = (...parameters: unknown[]) => callAnalytics(page, parameters);
  return {
    url,
    elsewhere,
    complaints,
    post: (address, body) =>
      page.evaluate(
        `fetch(${JSON.stringify(address)}, { method: "POST", body: ${JSON.stringify(JSON.stringify(body))} })
          .then(async (reply) => ({ status: reply.status, body: await reply.json() }))`,
      ),
    async trackAnonymously(event) {
      // Segment's SDK gives an event that has not left yet to whoever is identified meanwhile.
      const left = page.waitForResponse((answer) => answer.request().method() === "POST");
      await call("track", event);
      await left;
    },
    identify: (userId, traits) => call("identify", userId, traits),
    track: (event, properties = {}) => call("track", event, properties),
    page: (name) => (name === undefined ? call("page") : call("page", name)),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** Calls `analytics` in the page without waiting for what comes of it: an SDK may promise it for minutes. */
async function callAnalytics(page: Page, [name, ...parameters]: unknown[]): Promise<void> {
  await page.evaluate(`void window.analytics.${name}(...${JSON.stringify(parameters)})`);
}

async function bundle(name: string): Promise<string> {
  const bundled = await rolldown({
    input: fileURLToPath(new URL(`pages/${name}.js`, import.meta.url)),
    platform: "browser",
    logLevel: "silent",
    transform: { define: { "process.env.NODE_ENV": '"production"' } },
  });
  const { output } = await bundled.generate({ format: "iife", codeSplitting: false });
  await bundled.close();
  return output[0].code;
}

/** A site of pages, of another origin than the intake. */
async function servePages(): Promise<AsyncDisposable & { add(head: string): string }> {
  const pages: string[] = [];
  const server = createServer((request, reply) => {
    const page = pages[Number(request.url?.slice(1))];
    reply.writeHead(page === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" }).end(page);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    add(head) {
      const title = "<title>A page of a shop</title>";
      const number = pages.push(`<!doctype html><html lang="en"><head>${title}${head}</head></html>`) - 1;
      return `http://127.0.0.1:${port}/${number}`;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

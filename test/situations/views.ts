export type Places = {
  connectionId: string;
  dashboardUrl: string;
  /** Of a browser that is logged in. */
  cookie: string;
  apiToken: string;
  intakeUrl: string;
  /** Of each worker that is meant to live. */
  workerUrls: () => string[];
};

/** What each place says right now, in a few words. */
export type Views = { page: string; api: string; readyz: string; metrics: string };

/** Longer than anything may take to say something. */
const timeoutMs = 5_000;

export async function look(places: Places): Promise<Views> {
  const [page, api, readyz, metrics] = await Promise.all([
    lookAtPage(places),
    askApi(places),
    askReadiness(places),
    readMetrics(places),
  ]);
  return { page, api, readyz, metrics };
}

type Answer = { status: number; text: string; tookMs: number };

async function get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  const startedAt = performance.now();
  try {
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) });
    const text = await answer.text();
    return { status: answer.status, text, tookMs: performance.now() - startedAt };
  } catch (error) {
    const why = error instanceof Error ? error.name : "unknown";
    return { status: 0, text: why, tookMs: performance.now() - startedAt };
  }
}

async function lookAtPage({ dashboardUrl, cookie, connectionId }: Places): Promise<string> {
  const { status, text } = await get(`${dashboardUrl}/connections/${connectionId}`, { cookie });
  const [, state] = /<span class="state [^"]*">([^<]*)</.exec(text) ?? [];
  const [, heading = ""] = /<h1[^>]*>([^<]*)</.exec(text) ?? [];
  const banners = [...text.matchAll(/class="(?:warning|banner)[^"]*"[^>]*>(.*?)<\/(?:p|div)>/gs)];
  const said = banners.map(([, inner = ""]) =>
    inner
      .replaceAll(/<[^>]+>/g, " ")
      .replaceAll(/\s+/g, " ")
      .trim(),
  );
  return [state ?? `${status} ${heading}`, ...said].join(" · ");
}

async function askApi({ dashboardUrl, apiToken, connectionId }: Places): Promise<string> {
  const headers = { authorization: `Bearer ${apiToken}` };
  const { status, text } = await get(`${dashboardUrl}/api/connections/${connectionId}`, headers);
  if (status !== 200) return `${status} ${text.slice(0, 120)}`;
  const { state, messagesWaiting } = JSON.parse(text);
  return `${state}, ${messagesWaiting} waiting`;
}

async function askReadiness({ intakeUrl, workerUrls, dashboardUrl }: Places): Promise<string> {
  const apps = [
    ["intake", intakeUrl],
    ...workerUrls().map((url) => ["worker", url]),
    ["dashboard", dashboardUrl],
  ];
  const said = await Promise.all(
    apps.map(async ([app, url]) => {
      const { status, text } = await get(`${url}/readyz`);
      const { problems = [], warnings = [] } = status === 0 ? {} : JSON.parse(text);
      return `${app} ${status === 0 ? text : status} ${[...problems, ...warnings].join(" ")}`.trim();
    }),
  );
  return said.join(" · ");
}

async function readMetrics({ workerUrls, dashboardUrl, apiToken, connectionId }: Places): Promise<string> {
  const said = await Promise.all(
    [...workerUrls(), dashboardUrl].map(async (url) => {
      const { status, text, tookMs } = await get(`${url}/metrics`, { authorization: `Bearer ${apiToken}` });
      const shown = text
        .split("\n")
        .filter((line) => / 1$|workers_alive/.test(line) && !line.startsWith("#"))
        .filter(
          (line) =>
            /redis_up|workers_alive/.test(line) || line.includes(`connection="${connectionId}",state=`),
        )
        .map((line) => line.replace("customerio_router_", "").replace(/connection="\w+",/, ""));
      return [status, tookMs < 1_000 ? "" : `after ${(tookMs / 1_000).toFixed(1)} s`, ...shown]
        .join(" ")
        .trim();
    }),
  );
  return said.join(" · ");
}

/** The state that a page shows, as the API names it. */
export function stateOnPage(page: string): string | undefined {
  const [shown = ""] = page.split(" · ");
  const names = {
    active: "Active",
    "no-worker": "No worker",
    "keys-refused": "Keys refused",
    paused: "Paused",
  };
  for (const [state, name] of Object.entries({ ...names, unverified: "Unverified", retrying: "Retrying" })) {
    if (shown.startsWith(name)) return state;
  }
  return shown.startsWith("Needs attention") ? "needs-attention" : undefined;
}

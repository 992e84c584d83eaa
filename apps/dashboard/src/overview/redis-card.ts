import { crowdedShare, fullShare } from "@customerio-router/redis";
import { duration } from "@customerio-router/service";
import { type Html, html } from "../page/html.ts";
import { formatCount } from "./format-count.ts";
import type { RedisHealth, RedisNode } from "./redis-health.ts";

/** How each node of Redis is set up, and how much memory is in use. */
export function redisCard({ nodes }: RedisHealth): Html {
  return html`<section class="card" aria-labelledby="redis">
      <h2 id="redis">Redis</h2>
      ${nodes.map(redisNode)}
    </section>`;
}

function redisNode({
  version,
  usedBytes,
  maxBytes,
  evictionPolicy,
  isPersistent,
  uptimeMs,
}: RedisNode): Html {
  const share = maxBytes === 0 ? undefined : usedBytes / maxBytes;
  return html`<dl class="facts">
        <div><dt>Memory</dt><dd>${megabytes(usedBytes)}${share === undefined ? ", without a limit" : html` of ${megabytes(maxBytes)} <meter min="0" max="1" low="${crowdedShare}" high="${fullShare}" optimum="0" value="${share.toFixed(3)}" aria-label="Share of Redis's memory in use">${percent(share)}</meter> <span class="hint">${percent(share)}; intake stops adding at ${percent(fullShare)}</span>`}</dd></div>
        <div><dt>Persistence</dt><dd>${isPersistent ? "Append-only file" : "None: messages are lost when Redis stops"}</dd></div>
        <div><dt>When memory is full</dt><dd>${evictionPolicy === "noeviction" ? "noeviction: Redis deletes nothing" : evictionPolicy}</dd></div>
        <div><dt>Version</dt><dd>${version}, up for ${duration(uptimeMs)}</dd></div>
      </dl>`;
}

function megabytes(bytes: number): string {
  return `${formatCount(bytes / 1_000_000)} MB`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

import type { CustomerioClient, Reply } from "@customerio-router/customerio";
import { type Batch, eventForV1, metricForV1 } from "./batch.ts";
import { type RequestTracing, traceRequest } from "./trace-request.ts";

/** Looked this often whether there are replies; said after twice as long without one. */
const silenceMs = 3_000;

/** One connection's requests to Customer.io that are under way: without a reply yet, or their outcomes not written yet. */
export type Requests = {
  /** How many have no reply yet. */
  readonly unanswered: number;
  /** Sends a batch; `round` is the backoff's. */
  send(batch: Batch, round: number): void;
  /** Aborts the current ones after this long; a reply before that counts. */
  giveUpAfter(ms: number): void;
  /** Resolves when the current ones have ended. */
  ended(): Promise<void>;
};

export function createRequests(options: {
  /** The current client: saving a connection replaces it. */
  client: () => CustomerioClient;
  tracing: RequestTracing | undefined;
  /** Carries out the decision about a reply. */
  onReply: (batch: Batch, reply: Reply, round: number) => Promise<void>;
  /** Nothing has been answered since this time, in Unix milliseconds. */
  onSilence: (sinceMs: number) => void;
  onError: (error: unknown) => void;
  /** One has ended. */
  onEnd: () => void;
}): Requests {
  const underWay = new Set<{ abort: AbortController; done: Promise<void> }>();
  const unanswered = new Set<{ sentAtMs: number }>();
  let answeredAtMs = 0;
  let listening: NodeJS.Timeout | undefined;

  async function carry(batch: Batch, round: number, signal: AbortSignal): Promise<void> {
    const reply = await ask(batch, signal);
    await options.onReply(batch, reply, round);
  }

  async function ask(batch: Batch, signal: AbortSignal): Promise<Reply> {
    const request = { sentAtMs: Date.now() };
    unanswered.add(request);
    listening ??= setInterval(listen, silenceMs);
    try {
      const { tracing } = options;
      const send = () => post(options.client(), batch, signal);
      return await (tracing === undefined ? send() : traceRequest(tracing, batch, send));
    } finally {
      unanswered.delete(request);
      answeredAtMs = Date.now();
    }
  }

  function listen(): void {
    const [oldest] = unanswered;
    if (oldest === undefined) {
      clearInterval(listening);
      listening = undefined;
      return;
    }
    const sinceMs = Math.max(oldest.sentAtMs, answeredAtMs);
    if (Date.now() - sinceMs >= 2 * silenceMs) options.onSilence(sinceMs);
  }

  return {
    get unanswered() {
      return unanswered.size;
    },

    send(batch, round) {
      const abort = new AbortController();
      for (const { message } of batch.operations) message.job.inFlight += 1;
      const request = { abort, done: carry(batch, round, abort.signal) };
      underWay.add(request);
      request.done = request.done.catch(options.onError).finally(() => {
        for (const { message } of batch.operations) message.job.inFlight -= 1;
        underWay.delete(request);
        options.onEnd();
      });
    },

    giveUpAfter(ms) {
      for (const { abort, done } of underWay) {
        const timer = setTimeout(() => abort.abort(), ms);
        void done.finally(() => clearTimeout(timer));
      }
    },

    async ended() {
      await Promise.all([...underWay].map(({ done }) => done));
      clearInterval(listening);
    },
  };
}

function post(client: CustomerioClient, { operations }: Batch, signal: AbortSignal): Promise<Reply> {
  const [first] = operations;
  const event = first && eventForV1(first);
  if (event) return client.sendEvent(event, signal);
  const metric = first && metricForV1(first);
  if (metric) return client.sendMetric(metric, signal);
  return client.sendBatch(
    operations.map(({ json }) => json),
    signal,
  );
}

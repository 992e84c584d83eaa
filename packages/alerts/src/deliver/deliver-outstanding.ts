import type { Channel } from "../channels/channel.ts";
import { type ChannelCipher, ChannelSecretError } from "../channels/channel-cipher.ts";
import type { Notice } from "../notices/notice.ts";
import type { NewNotice, NoticeDelivery } from "../notices/store-notices.ts";
import type { StoredAlerts } from "../store/stored-alerts.ts";
import { type Delivery, follow, type Sent } from "./delivery.ts";
import { sendNotice } from "./send-notice.ts";

/** Where notices wait to be delivered: in Redis, or with an intake while Redis is away. */
export type Outstanding = {
  /** Oldest notice first. */
  list(): Promise<{ noticeId: string; channelId: string }[]>;
  find(noticeId: string): Promise<NewNotice | undefined>;
  settle(settled: { noticeId: string } & NoticeDelivery): Promise<void>;
};

/** Delivers what is outstanding: channels side by side, so that one that hangs delays no other. */
export type Deliverer = {
  /** Begins with each channel that is idle; resolves when what was begun has ended. */
  deliver(outstanding: Outstanding, stored: StoredAlerts): Promise<void>;
};

export function createDeliverer(options: {
  cipher: ChannelCipher;
  onError: (error: unknown) => void;
}): Deliverer {
  const { cipher, onError } = options;
  const busy = new Set<string>();

  async function deliverTo(
    channelId: string,
    noticeIds: readonly string[],
    { outstanding, stored }: { outstanding: Outstanding; stored: StoredAlerts },
  ): Promise<void> {
    const channel = stored.channels.find(({ id }) => id === channelId);
    /** Alerts whose begin is not delivered yet: their end waits for it. */
    const before = new Set<string>();
    for (const noticeId of noticeIds) {
      const found = await outstanding.find(noticeId);
      const delivery = found?.deliveries.find((each) => each.channelId === channelId)?.delivery;
      if (found === undefined || delivery === undefined || channel === undefined) {
        const gone: Delivery = {
          state: "failed",
          tries: delivery?.tries ?? 0,
          why: "The channel was deleted.",
        };
        await outstanding.settle({ noticeId, channelId, delivery: gone });
        continue;
      }
      const { notice } = found;
      const keys = notice.alerts.map(({ key }) => key);
      if (keys.some((key) => before.has(key))) continue;
      const next = await tryOnce(channel, found, { delivery, stored });
      if (next !== delivery) await outstanding.settle({ noticeId, channelId, delivery: next });
      if (next.state !== "outstanding") continue;
      // A receiver that is away takes the others no more than this one.
      if (!next.isRefused) return;
      for (const key of keys) before.add(key);
    }
  }

  /** How the delivery stands then; the same while it is not due. */
  async function tryOnce(
    channel: Channel,
    { notice }: NewNotice,
    { delivery, stored }: { delivery: Delivery; stored: StoredAlerts },
  ): Promise<Delivery> {
    if ((delivery.nextTryAtMs ?? 0) > Date.now()) return delivery;
    const sent = await send(channel, notice, stored);
    return follow(delivery, sent, { madeAtMs: notice.atMs, nowMs: Date.now() });
  }

  async function send(channel: Channel, notice: Notice, stored: StoredAlerts): Promise<Sent> {
    try {
      const secrets = cipher.unseal(channel.id, stored.sealed[channel.id] ?? "");
      return await sendNotice(channel, secrets, { notice, dashboardUrl: stored.settings.dashboardUrl });
    } catch (error) {
      if (error instanceof ChannelSecretError) return { ok: false, why: error.message };
      throw error;
    }
  }

  return {
    async deliver(outstanding, stored) {
      const byChannel = Map.groupBy(await outstanding.list(), ({ channelId }) => channelId);
      const idle = [...byChannel].filter(([channelId]) => !busy.has(channelId));
      await Promise.all(
        idle.map(async ([channelId, members]) => {
          busy.add(channelId);
          try {
            await deliverTo(
              channelId,
              members.map(({ noticeId }) => noticeId),
              { outstanding, stored },
            );
          } catch (error) {
            onError(error);
          } finally {
            busy.delete(channelId);
          }
        }),
      );
    },
  };
}

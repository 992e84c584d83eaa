import { alertKeys, type RedisClient } from "@customerio-router/redis";
import type { Delivery } from "../deliver/delivery.ts";
import type { Notice } from "./notice.ts";
import { maxHistory, type NewNotice } from "./store-notices.ts";

/** Deliveries looked at in one round. */
const maxOutstanding = 200;

/** A notice, and how its delivery to each channel stands; undefined once it is forgotten. */
export async function readNotice(redis: RedisClient, id: string): Promise<NewNotice | undefined> {
  const { notice, ...deliveries } = await redis.hgetall(alertKeys.noticePrefix + id);
  if (notice === undefined) return undefined;
  return {
    notice: JSON.parse(notice) as Notice,
    deliveries: Object.entries(deliveries).map(([channelId, text]) => ({
      channelId,
      delivery: JSON.parse(text) as Delivery,
    })),
  };
}

/** The newest notices, newest first. */
export async function readHistory(redis: RedisClient): Promise<NewNotice[]> {
  const ids = await redis.zrevrange(alertKeys.history, 0, maxHistory - 1);
  const notices = await Promise.all(ids.map((id) => readNotice(redis, id)));
  return notices.filter((notice) => notice !== undefined);
}

/** The deliveries that are outstanding, oldest notice first. */
export async function listOutstanding(
  redis: RedisClient,
): Promise<{ noticeId: string; channelId: string }[]> {
  const members = await redis.zrange(alertKeys.outstanding, 0, maxOutstanding - 1);
  return members.map((member) => {
    const [noticeId = "", channelId = ""] = member.split(" ");
    return { noticeId, channelId };
  });
}

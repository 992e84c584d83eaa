/** Of the limiter's requests, this share is the most that a replay uses. */
const limiterShare = 0.5;

/** What a replay uses of its connection's limiter, by this process's own count. */
export type OwnShare = {
  /** Requests that it may still make now, and after how long there are more. */
  room(limiter: { max: number; duration: number }): { requests: number; waitMs: number };
  count(requests: number): void;
};

export function createOwnShare(): OwnShare {
  let used: { atMs: number; requests: number }[] = [];

  return {
    room({ max, duration }) {
      const now = performance.now();
      used = used.filter(({ atMs }) => atMs > now - duration);
      const own = used.reduce((sum, { requests }) => sum + requests, 0);
      const requests = Math.max(1, Math.floor(max * limiterShare)) - own;
      return { requests, waitMs: Math.max(1, (used[0]?.atMs ?? now) + duration - now) };
    },
    count: (requests) => void used.push({ atMs: performance.now(), requests }),
  };
}

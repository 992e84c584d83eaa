/**
 * Every script that writes for an owner checks this first. The lease names the connection's owner. If it expired and
 * nobody has acquired it since, the last owner may still write outcomes. The fence is the last owner's token; it never
 * expires.
 */
export const fencing = `
local function owns(lease, fence, token)
  local holder = redis.call('GET', lease)
  if holder then return holder == token end
  return redis.call('GET', fence) == token
end
`;

/** Another owner has the connection, or it was deleted: nothing of it may be touched any more. */
export class FencedError extends Error {
  override name = "FencedError";
  constructor(connectionId: string) {
    super(`Connection ${connectionId} has another owner now, or was deleted`);
  }
}

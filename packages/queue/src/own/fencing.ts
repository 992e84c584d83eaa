/**
 * Every write of an owner asks this first, in the same script. A lease in Redis says whose the connection is; where the
 * lease has run out and nobody has taken it since, the last owner may still write down what he has done. The fence is
 * what the last owner was given, and it stays.
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

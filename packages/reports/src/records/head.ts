/**
 * Records are kept in groups: a body, compressed, and a head by which a group is found without unpacking it.
 * A head is 8 bytes of the group's number, 8 of its time, and 4 for each record: a hash of its message id.
 */
const numberBytes = 8;
const timeBytes = 8;
const hashBytes = 4;
const fixedBytes = numberBytes + timeBytes;

/** Everything of a head but the number, which Redis puts before it. */
export function writeHead(atMs: number, messageIds: string[]): Buffer {
  const head = Buffer.allocUnsafe(timeBytes + hashBytes * messageIds.length);
  head.writeBigUInt64BE(BigInt(atMs), 0);
  for (const [index, id] of messageIds.entries()) {
    head.writeUInt32BE(hashOf(id), timeBytes + hashBytes * index);
  }
  return head;
}

export type Head = { number: bigint; atMs: number };

export function readHead(head: Buffer): Head {
  return { number: head.readBigUInt64BE(0), atMs: Number(head.readBigUInt64BE(numberBytes)) };
}

/** Whether the group may hold this message; a false yes once in four billion records. */
export function mayHold(head: Buffer, messageId: string): boolean {
  const hash = hashOf(messageId);
  for (let offset = fixedBytes; offset < head.length; offset += hashBytes) {
    if (head.readUInt32BE(offset) === hash) return true;
  }
  return false;
}

/** FNV-1a over UTF-16 units, mixed so that ids that count up differ in all bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

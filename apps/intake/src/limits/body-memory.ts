import { getHeapStatistics } from "node:v8";
import { messageLimits } from "@customerio-router/messages";
import { networkOf } from "./network-of.ts";

/** Parsed JSON takes up to 14 times its bytes (measured: empty arrays in an array). */
const heapShare = 1 / 32;

/** However small the heap, a few of the largest bodies fit. */
const leastBytes = 16 * 1024 * 1024;

/** A share holds the largest body, packed and unpacked; a smaller one would always refuse it. */
const leastShareBytes = 2 * messageLimits.bodyBytes;

/** How long `/readyz` reports a refused caller. */
const recentMs = 60_000;

/** The owner of a body. */
type BodyOwner = {
  address: string;
  /** False until the body has been read, when the write key is in the body. */
  hasKey: boolean;
};

/** What one request takes of the memory for bodies. */
export type BodyClaim = {
  /** False when there is no room for this many more bytes. */
  take(bytes: number): boolean;
  /** Gives all of it back. */
  release(): void;
};

export type BodyMemory = {
  claim(owner: BodyOwner): BodyClaim;
  /** Says whether callers were turned away lately, and why. */
  warnings(): string[];
};

/** A bound on bytes that several requests share. */
type Room = { readonly name: string; readonly maxBytes: number; takenBytes: number; claims: number };

/**
 * Bounds the bytes of all bodies that are being read or kept. Callers without a verified write key share one half, and
 * each address a quarter, so that they cannot block verified ones; one address gets at most half.
 */
export function createBodyMemory(
  maxBytes = Math.max(leastBytes, getHeapStatistics().heap_size_limit * heapShare),
  shareBytes = leastShareBytes,
): BodyMemory {
  const half = maxBytes / 2;
  const all = room("all the memory for bodies", maxBytes);
  const keyless = room("the half for callers with their write key in the body", half);
  const ofAddress = createRooms("the share of one address", Math.max(half, shareBytes));
  const ofKeylessAddress = createRooms(
    "the share of one address with its write key in the body",
    Math.max(half / 2, shareBytes),
  );
  let full: { room: Room; atMs: number } | undefined;

  function claim({ address, hasKey }: BodyOwner): BodyClaim {
    const network = networkOf(address);
    const rooms = hasKey ? [all, ofAddress.enter(network)] : [all, keyless, ofKeylessAddress.enter(network)];
    let claimed = 0;
    let isOpen = true;
    return {
      take(bytes) {
        const tooFull = rooms.find((one) => one.takenBytes + bytes > one.maxBytes);
        if (tooFull) full = { room: tooFull, atMs: performance.now() };
        if (tooFull || !isOpen) return false;
        for (const one of rooms) one.takenBytes += bytes;
        claimed += bytes;
        return true;
      },
      release() {
        if (!isOpen) return;
        isOpen = false;
        for (const one of rooms) one.takenBytes -= claimed;
        (hasKey ? ofAddress : ofKeylessAddress).leave(network);
      },
    };
  }

  return {
    claim,
    warnings() {
      if (full === undefined || performance.now() - full.atMs > recentMs) return [];
      const { name, maxBytes: most } = full.room;
      return [
        `Callers were answered 429 in the last minute: bodies that were being read took ${name} (${Math.floor(most).toLocaleString("en")} bytes)`,
      ];
    },
  };
}

function room(name: string, maxBytes: number): Room {
  return { name, maxBytes, takenBytes: 0, claims: 0 };
}

/** One room for each network that has requests under way. */
function createRooms(name: string, maxBytes: number) {
  const rooms = new Map<string, Room>();
  return {
    enter(network: string): Room {
      let found = rooms.get(network);
      if (found === undefined) {
        found = room(name, maxBytes);
        rooms.set(network, found);
      }
      found.claims += 1;
      return found;
    },
    leave(network: string): void {
      const found = rooms.get(network);
      if (found === undefined) return;
      found.claims -= 1;
      if (found.claims === 0) rooms.delete(network);
    },
  };
}

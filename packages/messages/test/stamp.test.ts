import { describe, expect, test } from "vitest";
import { type Call, stampMessage, validateMessage } from "../src/index.ts";

const receivedAt = new Date("2024-01-02T03:04:05.678Z");

function stamp(fields: object, sentAt?: unknown) {
  const call = { type: "track", userId: "u", event: "E", ...fields } as Call;
  return stampMessage(call, { receivedAt, sentAt }) as unknown as Record<string, unknown>;
}

describe("messageId", () => {
  test("is kept as it came", () => {
    expect(stamp({ messageId: "mine:1" }).messageId).toBe("mine:1");
    expect(stamp({ messageId: "0123" }).messageId).toBe("0123");
  });

  test("becomes text", () => {
    expect(stamp({ messageId: 17 }).messageId).toBe("17");
  });

  test.each([undefined, null, "", "  ", {}, [], true])(
    "is made where it is %j, another one each time",
    (messageId) => {
      const made = [stamp({ messageId }).messageId, stamp({ messageId }).messageId];
      for (const id of made)
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(made[0]).not.toBe(made[1]);
    },
  );
});

describe("time", () => {
  test("receivedAt is intake's, whatever the call says", () => {
    expect(stamp({ receivedAt: "1999-01-01" }).receivedAt).toBe("2024-01-02T03:04:05.678Z");
  });

  test("the client's time is kept as sent, with and without milliseconds", () => {
    const timestamp = "2024-01-02T04:04:05+01:00";
    expect(stamp({ timestamp })).toMatchObject({ timestamp, originalTimestamp: timestamp });
  });

  test("originalTimestamp is the client's time where there is no timestamp", () => {
    const originalTimestamp = "2024-01-02T03:04:04.000Z";
    expect(stamp({ originalTimestamp })).toMatchObject({ timestamp: originalTimestamp, originalTimestamp });
  });

  test("timestamp is the client's time where there are both", () => {
    const timestamp = "2023-05-05T05:05:05Z";
    const both = stamp({ timestamp, originalTimestamp: "2024-01-02T03:04:04.000Z" });
    expect(both).toMatchObject({ timestamp, originalTimestamp: timestamp });
  });

  test("a timestamp that cannot be read yields to an originalTimestamp that can", () => {
    const originalTimestamp = "2024-01-02T03:04:04.000Z";
    expect(stamp({ timestamp: "now", originalTimestamp })).toMatchObject({
      timestamp: originalTimestamp,
      originalTimestamp,
    });
  });

  test("times that cannot be read stay as they are", () => {
    expect(stamp({ timestamp: "now" }).timestamp).toBe("now");
    expect(stamp({ originalTimestamp: "now" })).not.toHaveProperty("timestamp");
  });

  test("without a client's time there is none", () => {
    const message = stamp({}, "2024-01-01T00:00:00Z");
    expect(message).not.toHaveProperty("timestamp");
    expect(message).not.toHaveProperty("originalTimestamp");
  });
});

describe("a wrong clock", () => {
  const timestamp = "2024-01-02T03:04:00.000Z";

  test("is corrected by what sentAt tells", () => {
    expect(stamp({ timestamp, sentAt: "2024-01-02T02:04:05.678Z" })).toMatchObject({
      timestamp: "2024-01-02T04:04:00.000Z",
      originalTimestamp: timestamp,
    });
  });

  test("that is ahead is corrected backwards", () => {
    expect(stamp({ timestamp, sentAt: "2024-01-02T04:04:05.678Z" }).timestamp).toBe(
      "2024-01-02T02:04:00.000Z",
    );
  });

  test("is not assumed within 60 seconds, so that resends come out alike", () => {
    expect(stamp({ timestamp, sentAt: "2024-01-02T03:03:05.678Z" }).timestamp).toBe(timestamp);
    expect(stamp({ timestamp, sentAt: "2024-01-02T03:05:05.678Z" }).timestamp).toBe(timestamp);
  });

  test("is assumed beyond 60 seconds", () => {
    expect(stamp({ timestamp, sentAt: "2024-01-02T03:03:05.677Z" }).timestamp).toBe(
      "2024-01-02T03:05:00.001Z",
    );
    expect(stamp({ timestamp, sentAt: "2024-01-02T03:05:05.679Z" }).timestamp).toBe(
      "2024-01-02T03:02:59.999Z",
    );
  });

  test("is told by the request where the call does not tell", () => {
    expect(stamp({ timestamp }, "2024-01-02T02:04:05.678Z").timestamp).toBe("2024-01-02T04:04:00.000Z");
    expect(stamp({ timestamp, sentAt: "soon" }, "2024-01-02T02:04:05.678Z").timestamp).toBe(
      "2024-01-02T04:04:00.000Z",
    );
    expect(stamp({ timestamp, sentAt: timestamp }, "2024-01-02T02:04:05.678Z").timestamp).toBe(timestamp);
  });

  test("cannot be corrected out of what dates can hold", () => {
    const sentAt = -8.64e15;
    expect(stamp({ timestamp: 8.64e15, sentAt }).timestamp).toBe(8.64e15);
  });

  test("is corrected for times given as numbers", () => {
    expect(stamp({ timestamp: 1704164640000, sentAt: 1704161045678 })).toMatchObject({
      timestamp: "2024-01-02T04:04:00.000Z",
      originalTimestamp: 1704164640000,
    });
  });
});

test("the write key and what else belongs to the transport is left behind", () => {
  const message = stamp({
    writeKey: "secret",
    sentAt: "2024-01-02T03:04:05Z",
    _metadata: { retryCount: 2 },
    channel: "web",
  });
  expect(Object.keys(message).sort()).toStrictEqual([
    "channel",
    "event",
    "messageId",
    "receivedAt",
    "type",
    "userId",
  ]);
});

test("the call is not changed", () => {
  const call = Object.freeze({
    type: "track",
    userId: "u",
    event: "E",
    writeKey: "k",
    timestamp: "2024-01-01",
  } as const);
  expect(stampMessage(call, { receivedAt })).not.toBe(call);
  expect(Object.keys(call)).toStrictEqual(["type", "userId", "event", "writeKey", "timestamp"]);
});

test("a stamped message is valid, and a name of an object's innards stays data", () => {
  const call = JSON.parse('{"type":"track","userId":"u","event":"E","__proto__":{"polluted":true}}');
  const message = stampMessage(call, { receivedAt });
  expect(validateMessage(message).ok).toBe(true);
  expect(Object.getPrototypeOf(message)).toBe(Object.prototype);
  expect(JSON.stringify(message)).toContain('"__proto__":{"polluted":true}');
});

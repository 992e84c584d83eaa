import { type Call, type Message, stampMessage } from "@customerio-router/messages";

/*
 * Messages as intake hands them on, of the sizes a server's SDK gives them. Little context, so that reading the JSON is no more
 * than it must be: a browser's message, twice as long, only makes the mapping look better.
 */

const receivedAt = new Date("2024-01-02T03:04:06.000Z");

function message(fields: object): Message {
  const call = {
    messageId: "node-next-1704164645678-6d2c4f0a-8f0e-4b8c-9d2c-0d6b8f1c2e3a",
    timestamp: "2024-01-02T03:04:05.678Z",
    userId: "user-20391",
    context: { library: { name: "@segment/analytics-node", version: "3.1.0" } },
    integrations: {},
    ...fields,
  } as unknown as Call;
  return stampMessage(call, { receivedAt, sentAt: "2024-01-02T03:04:05.900Z" });
}

/** As accounts have them: short texts, numbers, flags, some dates. */
function traits(count: number): object {
  const known = {
    email: "john.doe@example.com",
    firstName: "John",
    lastName: "Doe",
    createdAt: "2021-06-15T08:30:00.000Z",
    plan: "enterprise",
    seats: 25,
    trial: false,
    lastSeen: "2024-01-01T22:10:00Z",
    address: { city: "Lisbon", country: "PT" },
    tags: ["beta", "newsletter"],
  };
  const more = Array.from({ length: count }, (_, at) => [
    `custom_attribute_${at}`,
    [`value of attribute ${at}`, at * 1.5, at % 2 === 0, "2023-11-05"][at % 4],
  ]);
  return Object.fromEntries([...Object.entries(known), ...more].slice(0, count));
}

export const messages = {
  "identify, 10 traits": message({ type: "identify", traits: traits(10) }),
  "identify, 45 traits": message({ type: "identify", traits: traits(45) }),
  track: message({
    type: "track",
    event: "Order Completed",
    properties: {
      orderId: "o-58121",
      total: 129.9,
      currency: "EUR",
      coupon: null,
      placedAt: "2024-01-02T03:04:05Z",
      items: [
        { sku: "sku-1", name: "Running shoe", quantity: 1, price: 99.9 },
        { sku: "sku-2", name: "Socks", quantity: 3, price: 10 },
      ],
    },
  }),
  page: message({
    type: "page",
    name: "Pricing",
    properties: {
      path: "/pricing",
      referrer: "https://www.example.org/search?q=pricing",
      search: "?utm_source=newsletter",
      title: "Pricing | Example",
      url: "https://www.example.com/pricing?utm_source=newsletter",
    },
  }),
  "semantic event (a device)": message({
    type: "track",
    event: "Application Opened",
    properties: { version: "2.1.0", build: 210, fromBackground: false },
    context: {
      device: { token: "fcm-7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d", type: "android", model: "Pixel 8" },
      os: { name: "Android", version: "14" },
      app: { version: "2.1.0" },
      locale: "en-GB",
    },
  }),
} as const;

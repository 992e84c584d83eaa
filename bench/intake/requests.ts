import { gzipSync } from "node:zlib";

/** Gives requests, ready to be written to a socket, none twice: each message has an id of its own. */
export type Requests = () => Buffer;

/** As many packed requests as a run can send; packing while measuring would measure the packing. */
const packedInStock = { single: 40_000, batch: 8_000 };

const idDigits = 12;
const idMark = "#".repeat(idDigits);

function message(index: number) {
  return {
    type: "track",
    event: "Order Completed",
    messageId: `node-next-1700000000000-${idMark}`,
    userId: `user-${index}`,
    timestamp: "2026-01-01T00:00:00.000Z",
    properties: {
      orderId: `50314b8e-${index}`,
      total: 27.5,
      currency: "USD",
      coupon: "hasbros",
      products: [
        { productId: "507f1f77bcf86cd799439011", name: "Monopoly: 3rd Edition", price: 19, quantity: 1 },
        { productId: "505bd76785ebb509fc183733", name: "Uno Card Game", price: 8.5, quantity: 1 },
      ],
    },
    context: {
      ip: "203.0.113.7",
      library: { name: "@segment/analytics-node", version: "3.1.0" },
      page: { path: "/checkout", url: "https://shop.example.com/checkout" },
    },
    integrations: {},
  };
}

/** Requests of one message to `/v1/track`, or of several to `/v1/batch`. */
export function createRequests(options: { writeKey: string; messages: number; isPacked: boolean }): Requests {
  const { messages, isPacked } = options;
  const template = JSON.stringify(body(messages));
  if (!isPacked) return fromTemplate(toRequest(Buffer.from(template), options));
  let lastId = 0;
  const nextBody = () => template.replaceAll(idMark, () => String(++lastId).padStart(idDigits, "0"));
  const stock = Array.from({ length: messages === 1 ? packedInStock.single : packedInStock.batch }, () =>
    toRequest(gzipSync(nextBody()), options),
  );
  let given = 0;
  return () => stock[given++ % stock.length] as Buffer;
}

function body(messages: number): object {
  const people = Array.from({ length: messages }, (_, index) => message(index));
  return messages === 1 ? (people[0] as object) : { batch: people };
}

/** The same request with other ids each time: cheap for the client. */
function fromTemplate(template: Buffer): Requests {
  const places: number[] = [];
  for (let at = template.indexOf(idMark); at !== -1; at = template.indexOf(idMark, at + 1)) places.push(at);
  let lastId = 0;
  return () => {
    const request = Buffer.from(template);
    for (const place of places) request.write(String(++lastId).padStart(idDigits, "0"), place, "latin1");
    return request;
  };
}

function toRequest(
  payload: Buffer,
  { writeKey, messages, isPacked }: { writeKey: string; messages: number; isPacked: boolean },
): Buffer {
  const head = [
    `POST ${messages === 1 ? "/v1/track" : "/v1/batch"} HTTP/1.1`,
    "host: 127.0.0.1",
    `authorization: Basic ${Buffer.from(`${writeKey}:`).toString("base64")}`,
    "content-type: application/json",
    ...(isPacked ? ["content-encoding: gzip"] : []),
    `content-length: ${payload.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), payload]);
}

import type { Socket } from "node:net";
import { crossOriginHeaders } from "./cross-origin.ts";
import { securityHeaders } from "./security-headers.ts";

const body = JSON.stringify({
  success: false,
  error: { reason: "bad-request", message: "This is not a valid HTTP request." },
});

const headers = Object.entries({
  ...securityHeaders,
  ...crossOriginHeaders,
  "content-type": "application/json; charset=utf-8",
  "content-length": Buffer.byteLength(body),
  connection: "close",
}).map(([name, value]) => `${name}: ${value}\r\n`);

const badRequest = `HTTP/1.1 400 Bad Request\r\n${headers.join("")}\r\n${body}`;

/**
 * Answers requests that are not HTTP. Always 400: browsers and SDKs resend after Node's 431 for long headers and its
 * 408 for slow senders. Too slow clients are disconnected without a reply.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  const isTooSlow = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
  if (socket.writable && !isTooSlow && error.code !== "ECONNRESET") socket.end(badRequest);
  socket.destroySoon();
}

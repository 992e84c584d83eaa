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
 * 408 for slow senders. Too slow clients are disconnected without a reply. True when one was sent.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): boolean {
  const isTooSlow = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
  const isAnswered = socket.writable && !isTooSlow && error.code !== "ECONNRESET";
  if (isAnswered) socket.end(badRequest);
  socket.destroySoon();
  return isAnswered;
}

import type { FastifyRequest } from "fastify";
import ipaddr from "ipaddr.js";

/** Whether only this machine can reach a host to listen on. Any name but localhost counts as reachable by others. */
export function isLoopback(host: string): boolean {
  const plain = host.replace(/^\[(.*)\]$/, "$1");
  return plain === "localhost" || (ipaddr.isValid(plain) && ipaddr.process(plain).range() === "loopback");
}

/**
 * Whether this machine itself sent a request, for a name of its own. A proxy on this machine speaks for others, which a
 * forwarded header tells, whatever it holds; another name in `Host` that leads here is an attack on the browser. Asks the
 * socket and the raw header, because `request.ip` and `request.hostname` are what a trusted proxy says they are.
 */
export function isFromThisMachine({ socket, headers }: FastifyRequest): boolean {
  const hostname = URL.parse(`http://${headers.host ?? ""}`)?.hostname ?? "";
  return (
    isLoopback(socket.remoteAddress ?? "") &&
    isLoopback(hostname) &&
    !Object.keys(headers).some((name) => /^(forwarded|x-forwarded-.*|x-real-ip)$/.test(name))
  );
}

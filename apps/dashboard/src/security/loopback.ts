/** Whether only this machine can reach a host to listen on. A name we cannot be sure of counts as reachable by others. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

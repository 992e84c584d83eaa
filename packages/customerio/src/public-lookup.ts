import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { BlockList, type LookupFunction } from "node:net";

/** Where no host of Customer.io's is: this machine, private networks, what is reserved. Source: IANA's special-purpose registries. */
const special = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  special.addSubnet(network, bits, "ipv4");
}
for (const [network, bits] of [
  ["::", 127],
  ["64:ff9b::", 96],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  special.addSubnet(network, bits, "ipv6");
}

/** True for an address on the internet; an IPv4 address within an IPv6 one counts as itself. */
export function isPublicAddress({ address, family }: LookupAddress): boolean {
  return !special.check(address, family === 6 ? "ipv6" : "ipv4");
}

export const privateAddressCode = "ERR_PRIVATE_ADDRESS";

/**
 * Looks a name up as Node does, and fails when it leads to this machine or a private network: whoever could change the
 * answers of a name server would else have credentials sent there. Asked at each connect, so what is checked is what is used.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  const asked: LookupOptions = { ...options, all: true };
  lookup(hostname, asked, (error, found) => {
    const addresses = found as unknown as LookupAddress[];
    if (error) return callback(error, "");
    const [first] = addresses;
    if (!first || !addresses.every(isPublicAddress)) {
      const problem = new Error(`${hostname} resolves to a private address`);
      return callback(Object.assign(problem, { code: privateAddressCode }), "");
    }
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Every two digits of base 32, by the 10 bits they stand for. */
const pairs = Array.from(crockford, (high) => Array.from(crockford, (low) => high + low)).flat();

/**
 * Writes a ULID: 48 bits of time and 80 others, as 26 digits of Crockford's base 32.
 *
 * @param timeMs a whole number from 0 to 2^48 - 1.
 * @param rest 20 hexadecimal digits.
 */
export function encodeUlid(timeMs: number, rest: string): string {
  const low = timeMs % 2 ** 30;
  let ulid = fourDigits(Math.floor(timeMs / 2 ** 30)) + pairs[low >>> 20] + fourDigits(low & 0xfffff);
  for (let at = 0; at < rest.length; at += 5) ulid += fourDigits(Number.parseInt(rest.slice(at, at + 5), 16));
  return ulid;
}

function fourDigits(bits20: number): string {
  return `${pairs[bits20 >>> 10]}${pairs[bits20 & 0x3ff]}`;
}

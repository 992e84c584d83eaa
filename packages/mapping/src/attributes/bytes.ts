/** The most bytes of UTF-8 a UTF-16 unit can take. */
const bytesPerUnit = 3;

/** True when a text has more bytes of UTF-8 than that. A short text is proven short by its length. */
export function exceedsBytes(text: string, limit: number): boolean {
  return text.length * bytesPerUnit > limit && Buffer.byteLength(text) > limit;
}

/** The longest beginning of a text that has at most so many bytes of UTF-8 and ends with a whole character. */
export function cutToBytes(text: string, limit: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > limit) break;
    end += character.length;
  }
  return text.slice(0, end);
}

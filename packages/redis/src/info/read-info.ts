/** INFO's `name:value` lines. */
export function readInfo(text: string): Map<string, string> {
  const lines = text.split("\r\n").map((line) => line.split(":") as [string, string]);
  return new Map(lines.filter((parts) => parts.length === 2));
}

import { explain, type MappingConnection, mapCall } from "@customerio-router/mapping";
import { type JsonRead, readJsonText } from "@customerio-router/messages";

/**
 * Maps calls as NDJSON to results as NDJSON: one line for each line, in order, blank lines aside. A line that is no JSON has
 * a result too, `rejected` as `malformed-json`, so that results and calls stay side by side.
 *
 * @param onBadLine hears of each such line.
 */
export async function* mapLines(
  lines: AsyncIterable<string>,
  { connection, isExplaining }: { connection: MappingConnection; isExplaining: boolean },
  onBadLine: (message: string) => void,
): AsyncGenerator<string> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === "") continue;
    let read: JsonRead;
    try {
      read = readJsonText(line);
    } catch (error) {
      const message = `Line ${number} is not JSON: ${(error as SyntaxError).message}`;
      onBadLine(message);
      yield toLine({ kind: "rejected", reason: "malformed-json", field: "", message });
      continue;
    }
    const { json: call, warningsOf } = read;
    const result = mapCall(call, connection, warningsOf?.(call));
    yield toLine(isExplaining ? { ...result, explanation: explain(call, connection, result) } : result);
  }
}

function toLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

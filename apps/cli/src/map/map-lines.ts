import { explainByRules, mapByRules } from "@customerio-router/connections";
import type { MappingConnection } from "@customerio-router/mapping";
import { type JsonRead, readJsonText } from "@customerio-router/messages";
import type { CompiledRules } from "@customerio-router/rules";

export type MapTarget = {
  connection: MappingConnection;
  /** Run first. */
  rules: CompiledRules | undefined;
};

/**
 * Maps calls as NDJSON to results as NDJSON: one line for each line, in order, blank lines aside. A line that is no JSON has
 * a result too, `rejected` as `malformed-json`, so that results and calls stay side by side.
 *
 * @param onBadLine hears of each such line.
 */
export async function* mapLines(
  lines: AsyncIterable<string>,
  { isExplaining, ...target }: MapTarget & { isExplaining: boolean },
  onBadLine: (message: string) => void,
): AsyncGenerator<string> {
  let number = 0;
  for await (const read of lines) {
    number += 1;
    const line = number === 1 ? read.replace(/^\ufeff/, "") : read;
    if (line.trim() === "") continue;
    let call: JsonRead;
    try {
      call = readJsonText(line);
    } catch (error) {
      // It quotes the line, which may be anything: nothing of it may steer the terminal.
      const message = `Line ${number} is not JSON: ${(error as SyntaxError).message.replace(/\p{Cc}/gu, "\ufffd")}`;
      onBadLine(message);
      yield toLine({ kind: "rejected", reason: "malformed-json", field: "", message });
      continue;
    }
    const { json: message, warningsOf } = call;
    const mapped = mapByRules({ message, warnings: warningsOf?.(message) }, target);
    const explanation = () => explainByRules(mapped, target.connection);
    yield toLine(isExplaining ? { ...mapped.result, explanation: explanation() } : mapped.result);
  }
}

function toLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

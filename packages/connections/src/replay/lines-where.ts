import { compileWhere } from "@customerio-router/rules";

/** The lines whose messages meet a replay's condition, and those without a message; without a condition all of them. */
export async function* linesWhere<Line extends { line?: { message?: unknown } | undefined }>(
  lines: AsyncIterable<Line>,
  { where: text }: { where?: string | undefined },
): AsyncGenerator<Line, void, undefined> {
  const where = text === undefined ? undefined : compileWhere(text);
  if (where?.ok === false) throw new Error(`The condition ${JSON.stringify(text)}: ${where.problem.message}`);
  for await (const one of lines) {
    if (where === undefined || one.line === undefined || where.matches(one.line.message)) yield one;
  }
}

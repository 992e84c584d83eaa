export type CodeBlock = { title: string; language: string; code: string };

type Sending = { writeKey: string; intakeUrl: string; blocks: readonly CodeBlock[] };

/** What a developer needs to send calls, as Markdown for a ticket or a chat. */
export function sendingAsMarkdown({ writeKey, intakeUrl, blocks }: Sending): string {
  const parts = blocks.map(({ title, language, code }) => `## ${title}\n\n${fenced(code, language)}`);
  return `# Send analytics calls

- Address: ${inline(intakeUrl)}
- Write key: ${inline(writeKey)}

Call identify before track. Status 200 means that a call was received, 401 that the write key is wrong. Code on a web page shows its write key to everybody; keep the write keys of servers secret.

${parts.join("\n\n")}
`;
}

function fenced(code: string, language: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(code) + 1));
  return `${fence}${language}\n${code}\n${fence}`;
}

function inline(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  return `${fence}${text}${fence}`;
}

/** Of backquotes. */
function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

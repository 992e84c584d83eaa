const maxLength = 2_000;

/** Text that cannot end a line, begin a header, or be markup or a mention in a chat. */
export function plainText(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replaceAll("<", "‹")
    .replaceAll(">", "›")
    .slice(0, maxLength)
    .toWellFormed()
    .trim();
}

/** An id as senders write them; undefined for one that could be anything else. */
export function plainId(id: string): string | undefined {
  return /^[\w.:@=+/-]{1,200}$/.test(id) ? id : undefined;
}

/** Begun with a capital letter, and ended. */
export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return begun === "" || begun.endsWith(".") ? begun : `${begun}.`;
}

/**
 * Whether a URL has no user, password, query or fragment. Looks at the text: of `https://host/#` and `https://@host` a
 * parsed URL shows no trace, and what is appended goes astray.
 */
export function isPlainUrl(text: string): boolean {
  return !/[?#]|^\w+:[/\\]*[^/\\]*@/.test(text);
}

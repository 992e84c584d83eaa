/** The path at which a URL begins on its host: `/customerio` of `https://tools.example.com/customerio/`; empty at the root. */
export function basePathOf(url: string | undefined): string {
  return url === undefined ? "" : new URL(url).pathname.replace(/\/+$/, "");
}

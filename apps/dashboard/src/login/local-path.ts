/** A path of this server, so that a link to the login leads nowhere else. */
export function localPath(text: string | undefined): string {
  const here = "http://here";
  if (text === undefined || !URL.canParse(text, here)) return "/";
  const { origin, pathname, search } = new URL(text, here);
  return origin === here ? pathname.replace(/^\/+/, "/") + search : "/";
}

const maxTries = 10;

/**
 * Lists again until two lists in a row are the same. A list that is read in pieces can miss both a merged segment, whose
 * place it has passed, and the sources of it, which are deleted before it comes to theirs.
 */
export async function untilSame<List>(first: List, list: () => Promise<List>): Promise<List> {
  let known = first;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const next = await list();
    if (JSON.stringify(next) === JSON.stringify(known)) return next;
    known = next;
  }
  return known;
}

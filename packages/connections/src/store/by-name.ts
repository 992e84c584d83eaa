const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** The order in which people look for names: "Shop 2" before "Shop 10", without regard to case. */
export function byName(one: { name: string }, other: { name: string }): number {
  return collator.compare(one.name, other.name);
}

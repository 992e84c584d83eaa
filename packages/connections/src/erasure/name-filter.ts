/** Tells whether JSON may name one of these people: false is sure. */
export function createNameFilter(people: string[]): (text: string) => boolean {
  const needles = people.map((key) =>
    JSON.stringify(key.slice(key.indexOf(":") + 1))
      .slice(1, -1)
      .toLowerCase(),
  );
  return (text) => {
    const searched = text.toLowerCase();
    return needles.some((needle) => searched.includes(needle));
  };
}

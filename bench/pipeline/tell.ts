/** Prints lines of progress, each with the seconds since the start. */
export function startTelling(): (line: string) => void {
  const startedAt = performance.now();
  return (line) => {
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    console.log(`${String(seconds).padStart(5)} s  ${line}`);
  };
}

import type { OpenStore } from "../open-store.ts";

/** From a connection's id to its name. */
export async function readNames({ store }: OpenStore): Promise<(id: string) => string> {
  const names = new Map((await store.list()).map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}

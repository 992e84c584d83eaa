import { once } from "node:events";
import { createServer } from "node:net";

const FIRST_OF_ANY = 10_000;

/** The wanted port (0: any), or the next free one, and says so. `taken` are this start's own choices. */
export async function choosePort(options: {
  what: string;
  wanted: number;
  host: string;
  taken: Set<number>;
}): Promise<number> {
  const { what, wanted, host, taken } = options;
  for (let port = wanted || FIRST_OF_ANY; port <= 65_535; port++) {
    if (taken.has(port) || !(await isFree(port, host))) continue;
    if (port !== wanted && wanted !== 0) console.log(`Port ${wanted} is taken: ${what} listens on ${port}.`);
    taken.add(port);
    return port;
  }
  throw new Error(`no port from ${wanted} on is free for ${what}`);
}

/** On every interface too: a server there and one on the loopback interface would share the callers between them. */
export async function isFree(port: number, host: string): Promise<boolean> {
  return (await canListen(port, host)) && (await canListen(port, undefined));
}

async function canListen(port: number, host: string | undefined): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host });
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

import { once } from "node:events";
import { connect } from "node:net";

/** A keep-alive connection to a server on this machine, for one request at a time. */
export type Connection = {
  /** Sends a whole request; what it is answered goes to `onAnswer`. Not before the last one is answered. */
  send(request: string | Buffer): void;
  close(): void;
};

/**
 * Bare sockets and prepared bytes: a client that works harder than the server would measure itself. `onEnd` hears when
 * the server closes the connection, or what broke it.
 */
export async function openConnection(options: {
  port: number;
  onAnswer: (answer: string) => void;
  onEnd: (error: Error) => void;
}): Promise<Connection> {
  const { port, onAnswer, onEnd } = options;
  const socket = connect(port, "127.0.0.1").setNoDelay(true);
  await once(socket, "connect");
  let received = "";
  socket.setEncoding("latin1");
  socket.on("error", onEnd).on("end", () => onEnd(new Error("the server closed a connection")));
  socket.on("data", (chunk: string) => {
    received = received === "" ? chunk : received + chunk;
    if (!isWhole(received)) return;
    const answer = received;
    received = "";
    onAnswer(answer);
  });
  return {
    send: (request) => void socket.write(request, "latin1"),
    close: () => void socket.destroy(),
  };
}

function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd === -1) return false;
  const [, length = "0"] = /content-length: (\d+)/i.exec(answer) ?? [];
  return answer.length >= headEnd + 4 + Number(length);
}

/** Whether an answer's status is 200. */
export function isOk(answer: string): boolean {
  return answer.startsWith("HTTP/1.1 200");
}

/** Whether an answer's status is 429: what an SDK would send again. */
export function isRefused(answer: string): boolean {
  return answer.startsWith("HTTP/1.1 429");
}

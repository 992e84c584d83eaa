import { setTimeout as sleep } from "node:timers/promises";
import { isOk, isRefused, openConnection } from "../http/connection.ts";
import { writeMessage } from "../pipeline/message.ts";

/** HTTP connections; enough that hardly a message waits for one. */
const sockets = 256;

/** Sends single messages at a steady rate, of each write key in turn, until stopped. */
export async function sendEvenly(options: {
  intakeUrl: string;
  writeKeys: readonly string[];
  perSecond: number;
}): Promise<{ stop(): Promise<{ acked: number }> }> {
  const { intakeUrl, writeKeys, perSecond } = options;
  const { host, port } = new URL(intakeUrl);
  const run = Date.now().toString(36);
  const idle: { send(request: string): void; close(): void }[] = [];
  let made = 0;
  let acked = 0;
  let failure: Error | undefined;
  let isOver = false;

  function nextRequest(): string {
    const number = made++;
    const writeKey = writeKeys[number % writeKeys.length] as string;
    const body = writeMessage({ number: `${run}-${number}`, userId: `person-${number % 10_000}` });
    return [
      "POST /v1/track HTTP/1.1",
      `host: ${host}`,
      `authorization: Basic ${Buffer.from(`${writeKey}:`).toString("base64")}`,
      "content-type: application/json",
      `content-length: ${body.length}`,
      "",
      body,
    ].join("\r\n");
  }

  const open = async () => {
    const connection = await openConnection({
      port: Number(port),
      onAnswer(answer) {
        if (isOk(answer)) acked += 1;
        // Only what is delivered counts.
        else if (!isRefused(answer)) failure ??= new Error(`the intake answered ${answer.slice(0, 200)}`);
        idle.push(connection);
      },
      onEnd(error) {
        if (!isOver) failure ??= error;
      },
    });
    return connection;
  };
  const opened = await Promise.all(Array.from({ length: sockets }, open));
  idle.push(...opened);
  const startedAtMs = performance.now();
  const sending = (async () => {
    while (!isOver && failure === undefined) {
      const due = ((performance.now() - startedAtMs) / 1_000) * perSecond;
      while (made < due && idle.length > 0) idle.pop()?.send(nextRequest());
      await sleep(2);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await sending;
      for (const connection of opened) connection.close();
      if (failure) throw failure;
      return { acked };
    },
  };
}

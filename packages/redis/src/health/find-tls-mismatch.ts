import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { RedisProblem } from "../problems/redis-problems.ts";
import { firstAddress, type RedisAddress, type RedisTarget } from "../url/redis-target.ts";

const timeoutMs = 2_000;

/**
 * Whether a connection breaks for want of TLS, or for too much of it. No error says so: a server that speaks TLS cuts plain
 * text off, one that does not waits for the end of a line that never comes. Asks the first address of REDIS_URL.
 */
export async function findTlsMismatch(target: RedisTarget): Promise<RedisProblem | undefined> {
  const address = firstAddress(target);
  if (target.kind === "socket" || !address) return undefined;
  if (target.isTls) {
    if (!(await answersPlainly(address))) return undefined;
    return lasting("Redis does not speak TLS: begin REDIS_URL with redis instead of rediss.");
  }
  if (!(await speaksTls(address))) return undefined;
  return lasting("Redis speaks TLS only: begin REDIS_URL with rediss instead of redis.");
}

/** Sends nothing secret, so the certificate is not verified. */
function speaksTls(address: RedisAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ ...address, rejectUnauthorized: false }, () => end(socket, resolve, true));
    endWithoutReply(socket, resolve);
  });
}

function answersPlainly(address: RedisAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectPlain(address, () => socket.write("PING\r\n"));
    socket.on("data", (reply) => end(socket, resolve, /^[+-]/.test(reply.toString())));
    endWithoutReply(socket, resolve);
  });
}

function endWithoutReply(socket: Socket, resolve: (answers: boolean) => void): void {
  socket.setTimeout(timeoutMs, () => end(socket, resolve, false));
  socket.on("error", () => end(socket, resolve, false));
  socket.on("close", () => end(socket, resolve, false));
}

/** Only the first end counts. */
function end(socket: Socket, resolve: (answers: boolean) => void, answers: boolean): void {
  socket.destroy();
  resolve(answers);
}

function lasting(sentence: string): RedisProblem {
  return { sentence, isLasting: true };
}

import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { FastifyReply } from "fastify";
import type { Refusal } from "../track/take.ts";
import type { Answer } from "../track/track-route.ts";
import type { Fault } from "./fault.ts";
import { concerns } from "./fault-list.ts";

/** Takes the request as usual and returns the usual answer, with the operations refused that `refusal` names. */
export type Perform = (refusal?: Refusal) => Answer;

/**
 * Answers as the fault says. Returns the status sent, null where the connection ended before. `closing` ends every
 * wait when the server closes.
 */
export async function misbehave(
  fault: Fault,
  { reply, perform, closing }: { reply: FastifyReply; perform: Perform; closing: AbortSignal },
): Promise<number | null> {
  if (fault.latencyMs !== undefined && !(await waited(fault.latencyMs, closing))) return null;
  if (fault.drop !== undefined) return drop(fault, reply, perform);
  if (fault.trickle !== undefined) return trickle(fault.trickle, reply, perform(), closing);
  if (fault.refuse !== undefined) {
    const error = fault.refuse;
    return send(
      reply,
      perform((operation) => (concerns(fault, operation) ? [error] : [])),
    );
  }
  if (fault.redirect !== undefined) {
    if (fault.apply) perform();
    return send(reply.header("location", fault.redirect), { status: fault.status ?? 302, body: "" });
  }
  if (fault.status !== undefined) return answerStatus(fault, fault.status, reply, perform);
  if (fault.unpackBytes !== undefined) return unpackHuge(fault, fault.unpackBytes, reply, perform);
  return send(reply, perform());
}

export function send(reply: FastifyReply, { status, body }: Answer): number {
  reply.code(status).send(body);
  return status;
}

function answerStatus(fault: Fault, status: number, reply: FastifyReply, perform: Perform): number {
  const { apply = status < 300, headers = {}, body = usualBody(status) } = fault;
  if (apply) perform();
  reply.type("application/json").headers(headers);
  return send(reply, { status, body: typeof body === "string" ? body : JSON.stringify(body) });
}

function usualBody(status: number): Exclude<Fault["body"], undefined> {
  if (status < 400) return {};
  const message = `The sandbox was told to answer ${status}`;
  return { errors: [{ reason: "fault", field: "", message }] };
}

function drop(
  { drop: when, apply = when === "midway" }: Fault,
  reply: FastifyReply,
  perform: Perform,
): number | null {
  const answer = apply ? perform() : { status: 200, body: {} };
  reply.hijack();
  if (when === "before") {
    reply.raw.socket?.resetAndDestroy();
    return null;
  }
  reply.raw.writeHead(answer.status, { "content-type": "application/json", "content-length": 1_000 });
  reply.raw.write(JSON.stringify(answer.body).slice(0, 1), () => reply.raw.destroy());
  return answer.status;
}

async function trickle(
  { bytes, everyMs }: NonNullable<Fault["trickle"]>,
  reply: FastifyReply,
  { status, body }: Answer,
  closing: AbortSignal,
): Promise<number> {
  const text = JSON.stringify(body).padEnd(bytes);
  reply.hijack();
  reply.raw.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  for (const byte of Buffer.from(text)) {
    if (reply.raw.destroyed || !(await waited(everyMs, closing))) return status;
    reply.raw.write(Uint8Array.of(byte));
  }
  reply.raw.end();
  return status;
}

/** Blanks and then `{}`: JSON to whoever unpacks it all. Members of one gzip file may follow each other. */
function unpackHuge({ apply = true }: Fault, bytes: number, reply: FastifyReply, perform: Perform): number {
  if (apply) perform();
  const million = gzipSync(Buffer.alloc(1_000_000, " "));
  const members = Array.from({ length: Math.floor(bytes / 1_000_000) }, () => million);
  const body = Buffer.concat([...members, gzipSync(`${" ".repeat(bytes % 1_000_000)}{}`)]);
  return send(reply.type("application/json").header("content-encoding", "gzip"), { status: 200, body });
}

/** False where the server closed meanwhile. */
async function waited(ms: number, closing: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal: closing }).catch(() => false);
}

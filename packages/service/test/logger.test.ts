import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createLogger } from "../src/index.ts";

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  write(createLogger({ name: "worker", level: "info", destination }));
  return lines.join("");
}

test("a log line is JSON with the name, the level's name and an ISO time", () => {
  const line = JSON.parse(logged((logger) => logger.info({ operations: 3 }, "sent")));
  expect(line).toMatchObject({ name: "worker", level: "info", operations: 3, msg: "sent" });
  expect(new Date(line.time).toISOString()).toBe(line.time);
});

test("F34 secrets under their names are censored, at the top and one level down", () => {
  const names = ["apiKey", "writeKey", "password", "secretKey", "authorization", "cookie", "headers"];
  for (const name of names) {
    const output = logged((logger) => logger.info({ [name]: "hunter2", connection: { [name]: "hunter2" } }));
    expect(output).not.toContain("hunter2");
  }
});

test("F34 an error is logged without the fields its library put on it", () => {
  const cause = Object.assign(new Error("socket closed"), { request: "hunter2" });
  const error = Object.assign(new Error("request failed", { cause }), {
    code: "ECONNRESET",
    config: { auth: { password: "hunter2" }, data: "hunter2" },
  });
  const output = logged((logger) => logger.error({ err: error }, "failed"));
  expect(output).not.toContain("hunter2");
  expect(JSON.parse(output).err).toMatchObject({
    type: "Error",
    message: "request failed",
    code: "ECONNRESET",
    cause: { message: "socket closed" },
  });
});

test("what several closings had against it is all told", () => {
  const error = new SuppressedError(new Error("first"), new Error("second"));
  const output = logged((logger) => logger.error({ err: error }));
  expect(JSON.parse(output).err.errors).toMatchObject([{ message: "first" }, { message: "second" }]);
});

test.each([
  [
    "Error",
    "Stream isn't writeable and enableOfflineQueue options is false",
    "There is no connection to Redis:",
  ],
  ["Error", "Connection is closed.", "There is no connection to Redis:"],
  [
    "MaxRetriesPerRequestError",
    "Reached the max retries per request limit (which is 0).",
    "There is no connection",
  ],
  ["Error", "Command timed out", "Redis did not answer in time:"],
  ["ReplyError", "MOVED 3999 127.0.0.1:6381", "Redis belongs to a cluster"],
  [
    "ReplyError",
    "NOPERM this user has no permissions to run the 'evalsha' command",
    "run the 'evalsha' command): allow it",
  ],
  [
    "ReplyError",
    "ERR unknown command 'x', with args beginning with: 'hunter2' ",
    "(ERR unknown command 'x'): remove",
  ],
  ["ReplyError", "-READONLY You can't write against a read only replica. script: abc", "Redis is a replica"],
])(
  "F96 what Redis or its client says is logged as a sentence that says what to do: %s %s",
  (name, message, said) => {
    const error = Object.assign(new Error(message), { name });
    const { err } = JSON.parse(logged((logger) => logger.warn({ err: error })));
    expect(err.message).toContain(said);
    expect(err.message).not.toContain("hunter2");
  },
);

test("F96 what others say is logged as it is", () => {
  for (const message of ["connect ECONNREFUSED 127.0.0.1:80", "MOVED PERMANENTLY", "NOAUTH"]) {
    const output = logged((logger) => logger.warn({ err: new Error(message) }));
    expect(JSON.parse(output).err.message).toBe(message);
  }
});

test("F96 what Redis quotes of a command reaches no part of a log line", () => {
  const error = Object.assign(new Error("ERR unknown command 'xadd', with args beginning with: 'hunter2'"), {
    name: "ReplyError",
  });
  const output = logged((logger) => logger.error({ err: error }, "failed"));
  expect(output).not.toContain("hunter2");
  expect(JSON.parse(output).err.stack).toMatch(/^ReplyError: Redis does not know a command.*\n\s+at /);
});

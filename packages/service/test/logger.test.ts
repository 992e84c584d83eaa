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

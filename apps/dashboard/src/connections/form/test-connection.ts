import { testKeys } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import { textFields } from "../../page/text-fields.ts";
import type { ConnectionsContext } from "../connections-context.ts";
import { readConnectionForm } from "./connection-form.ts";

/** `POST /connections/test`: the keys of a form before it is saved. Answers `{ ok, message }`, which the form's script shows. */
export function testConnection(app: FastifyInstance, context: ConnectionsContext): void {
  app.post("/connections/test", async (request) => {
    const fields = textFields(request.body);
    const former = fields.id ? await context.store.get(fields.id) : undefined;
    const { input } = readConnectionForm(fields);
    const keys = former && input.apiKey === "" ? { ...input, apiKey: undefined } : input;
    const { ok, message } = await testKeys(context, keys, former);
    return { ok, message };
  });
}

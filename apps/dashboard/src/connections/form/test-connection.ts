import type { FastifyInstance } from "fastify";
import { textFields } from "../../page/text-fields.ts";
import type { ConnectionsContext } from "../connections-context.ts";
import { checkKeys } from "./check-keys.ts";
import { readConnectionForm } from "./connection-form.ts";
import { readKeys } from "./read-keys.ts";

/** `POST /connections/test`: the keys of a form before it is saved. Answers `{ ok, message }`, which the form's script shows. */
export function testConnection(app: FastifyInstance, context: ConnectionsContext): void {
  app.post("/connections/test", async (request) => {
    const fields = textFields(request.body);
    const former = fields.id ? await context.store.get(fields.id) : undefined;
    const keys = await readKeys(context, readConnectionForm(fields), former);
    const { ok, message } = keys.ok ? await checkKeys(keys.keys) : keys;
    return { ok, message };
  });
}

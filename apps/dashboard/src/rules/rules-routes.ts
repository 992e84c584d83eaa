import { type Connection, readRuleFailures } from "@customerio-router/connections";
import { validateRules } from "@customerio-router/rules";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ConnectionsContext } from "../connections/connections-context.ts";
import { type ConnectionPath, findConnection } from "../connections/find-connection.ts";
import { explainMessage } from "../messages/explain-message.ts";
import { sendPage } from "../page/send-page.ts";
import { type TextFields, textFields } from "../page/text-fields.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { readJson } from "../try/read-json.ts";
import { changeList } from "./change-list.ts";
import { previewConnectionRules } from "./preview-connection-rules.ts";
import { fromTexts, type RuleTexts, readRuleTexts, toTexts } from "./rule-form.ts";
import { ruleProblems } from "./rule-problems.ts";
import { type RulesPage, rulesPage } from "./rules-page.ts";

type RulesContext = ConnectionsContext & { privacy: Privacy };

/** What a posted form is about. */
type Posted = { connection: Connection; fields: TextFields; texts: RuleTexts[] };

type Shown = Partial<RulesPage> & { status?: number };

/** `GET`, `POST /connections/:id/rules`: without `do=save` a form changes nothing that is stored. */
export function rulesRoutes(app: FastifyInstance, context: RulesContext): void {
  const { redis, rules, privacy } = context;

  app.get<ConnectionPath>("/connections/:id/rules", async (request, reply) => {
    const connection = await findConnection(context, request);
    if (!connection) return reply.callNotFound();
    const { saved } = textFields(request.query);
    const notice =
      saved === undefined
        ? undefined
        : { text: "Saved. The worker runs them within a second.", isProblem: false };
    return show(request, reply, connection, { notice });
  });

  app.post<ConnectionPath>("/connections/:id/rules", async (request, reply) => {
    const connection = await findConnection(context, request);
    if (!connection) return reply.callNotFound();
    const fields = textFields(request.body);
    const posted = { connection, fields, texts: readRuleTexts(fields) };
    const wish = fields.do ?? "";
    if (wish === "save") return save(request, reply, posted);
    const shown = await tried(posted, wish);
    return show(request, reply, connection, { ...asPosted(posted), ...shown });
  });

  async function tried(posted: Posted, wish: string): Promise<Shown> {
    if (wish === "preview") return preview(posted);
    if (wish === "test") return test(posted);
    const { rules: changed, focus } = changeList(posted.texts, wish);
    return { rules: changed, focus };
  }

  async function save(request: FastifyRequest, reply: FastifyReply, posted: Posted): Promise<unknown> {
    const { connection, fields, texts } = posted;
    const { salt = "", removeSalt } = fields;
    const change = removeSalt === undefined ? (salt === "" ? {} : { salt }) : { salt: null };
    const input = { version: Number(fields.version), rules: texts.map(fromTexts), ...change };
    const saved = await rules.put(connection.id, input);
    if (!saved) return reply.callNotFound();
    if (saved.ok) {
      request.log.info({ connection: connection.id, action: "rules" }, "changed in the dashboard");
      return reply.redirect(`/connections/${connection.id}/rules?saved`, 303);
    }
    if (saved.why === "invalid") {
      const problems = ruleProblems(saved.problems);
      return show(request, reply, connection, {
        ...asPosted(posted),
        problems,
        notice: notSaved,
        status: 422,
      });
    }
    const text = `Not saved: somebody else has saved these rules meanwhile. Below are yours; open the page again to see theirs.`;
    return show(request, reply, connection, {
      ...asPosted(posted),
      notice: { text, isProblem: true },
      status: 409,
    });
  }

  async function preview({ connection, texts }: Posted): Promise<Shown> {
    const previewed = await previewConnectionRules(context, connection.id, { rules: texts.map(fromTexts) });
    if (previewed?.ok) return { preview: previewed.preview };
    return { problems: ruleProblems(previewed?.problems ?? []), notice: notTried, status: 422 };
  }

  async function test({ connection, fields, texts }: Posted): Promise<Shown> {
    const validated = validateRules({ version: 0, rules: texts.map(fromTexts) });
    if (!validated.ok) return { problems: ruleProblems(validated.problems), notice: notTried, status: 422 };
    const read = readJson(fields.call ?? "");
    if (!read.ok) return { callProblem: read.problem, status: 422 };
    const { json: message, warningsOf } = read;
    const compiled = await rules.compile(connection.id, validated.list.rules);
    const warnings = warningsOf?.(message);
    return { explained: explainMessage({ message, ...(warnings && { warnings }) }, connection, compiled) };
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    connection: Connection,
    { status = 200, ...shown }: Shown,
  ): Promise<unknown> {
    const [saved, failures] = await Promise.all([
      rules.read(connection.id),
      readRuleFailures(redis, connection.id),
    ]);
    const { version = 0, rules: list = [], salted = false } = saved ?? {};
    const { viewer } = request;
    const stored = { connection, version, rules: list.map(toTexts), salted, failures, call: "" };
    return sendPage(reply, rulesPage({ ...stored, privacy, viewer, ...shown }), status);
  }
}

function asPosted({ fields, texts }: Posted): Shown {
  return { version: Number(fields.version) || 0, rules: texts, call: fields.call ?? "" };
}

const notSaved = { text: "Not saved: correct the fields below.", isProblem: true };
const notTried = { text: "These rules cannot be tried: correct the fields below.", isProblem: true };

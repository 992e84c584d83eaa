import { readFileSync } from "node:fs";
import { eventBody, metricBody, type Operation } from "@customerio-router/customerio";
import { Ajv2020 } from "ajv/dist/2020.js";

/*
 * Customer.io's own schemas of what the mapping sends: those of `/api/v2/batch`, `/api/v1/customers/{identifier}/events`
 * and `/api/v1/metrics` in its published specification 1.0.0 (https://docs.customer.io/api/track/), without their prose.
 */

type Schema = {
  allOf: Schema[];
  oneOf: Schema[];
  anyOf?: Schema[];
  items: Schema;
  properties: { [name: string]: Schema };
  required?: string[];
};
type Published = { operation: Schema; event: Schema; metric: Schema; $defs: { [name: string]: Schema } };

export type Kind = "operation" | "event" | "metric";
export type Departure = (published: Published) => void;

/** Where the file contradicts itself, its examples or what Segment's and RudderStack's destinations send. */
export const departures = {
  /** The alternatives require nothing, so that all of them match whatever is there. */
  "who is related is named by one of the alternatives"({ $defs }) {
    const { identifiers: known } = at($defs, "v2_cio_relationships").items.properties;
    const { cio_relationships: anonymous } = partsOf($defs, "object_identify_anonymous");
    for (const choice of [...(known as Schema).oneOf, anonymous?.items.properties.identifiers as Schema]) {
      choice.required = Object.keys(choice.properties);
    }
  },
  "events also take anonymous_id alone"({ $defs }) {
    for (const name of ["person_event", "person_page", "person_screen"]) {
      const event = at($defs, name);
      const common = structuredClone(at($defs, "person_common"));
      common.properties.identifiers?.oneOf.push({
        type: "object",
        required: ["anonymous_id"],
        properties: { anonymous_id: at($defs, "anonymous_id") },
      } as unknown as Schema);
      event.allOf[0] = common;
    }
  },
  "a v1 screen of somebody known has no anonymous_id"({ $defs }) {
    for (const choice of at($defs, "eventsRequest").oneOf) {
      choice.required = choice.required?.filter((name) => name !== "anonymous_id") ?? [];
    }
  },
  /** One alternative for each channel: what is right for two of them would be right for none. */
  "a metric is of one channel or more"({ metric }) {
    const { oneOf: channels, ...rest } = metric;
    for (const name of Object.keys(metric)) delete metric[name as keyof Schema];
    Object.assign(metric, rest, { anyOf: channels });
  },
} satisfies { [name: string]: Departure };

export type Check = (kind: Kind, body: unknown) => string[];

/** What the published file, with some departures, has against a body: nothing, or a list. */
export function createCheck(depart: readonly Departure[] = Object.values(departures)): Check {
  const published = JSON.parse(readFileSync(new URL("track-api.json", import.meta.url), "utf8")) as Published;
  for (const departure of depart) departure(published);
  // Formats are notes only, as JSON Schema has it: `recipient` may be a template.
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const { $defs } = published;
  const byKind = {
    operation: ajv.compile({ ...published.operation, $defs }),
    event: ajv.compile({ ...published.event, $defs }),
    metric: ajv.compile({ ...published.metric, $defs }),
  };
  return (kind, body) => {
    const validate = byKind[kind];
    return validate(body) ? [] : [ajv.errorsText(validate.errors)];
  };
}

/** An operation as its endpoint gets it. */
export function bodyOf(operation: Operation): [Kind, unknown] {
  const wire = (body: string) => JSON.parse(body) as unknown;
  if (!("route" in operation)) return ["operation", wire(JSON.stringify(operation))];
  return operation.route === "v1-metrics"
    ? ["metric", wire(metricBody(operation))]
    : ["event", wire(eventBody(operation))];
}

function at(schemas: { [name: string]: Schema }, name: string): Schema {
  const schema = schemas[name];
  if (schema === undefined) throw new Error(`The published file has no schema ${name}.`);
  return schema;
}

/** The properties in the last part of a schema that is made of several. */
function partsOf($defs: Published["$defs"], name: string): Schema["properties"] {
  return at($defs, name).allOf.at(-1)?.properties ?? {};
}

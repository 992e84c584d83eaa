import {
  checkAnonymousEvent,
  checkCustomer,
  checkDevice,
  checkEvent,
  checkMerge,
  checkMetric,
  checkPathIdentifier,
} from "../contract/check-v1.ts";
import type { Problem } from "../contract/problem.ts";
import { isMap, type JsonMap } from "../contract/rules.ts";
import type { Identifiers } from "../memory/operation.ts";
import { type Answer, type Call, type ErrorEntry, type TrackRoute, taken } from "./track-route.ts";

type Method = TrackRoute["method"];

const noBody = (): Problem[] => [];

/*
 * Track API v1, told as operations of v2: each route says what it has against its body, and which operations that
 * body comes to.
 */
export const v1Routes: readonly TrackRoute[] = [
  aboutCustomer("PUT", "", checkCustomer, (body, identifiers) => {
    const { _timestamp: timestamp, cio_relationships: change, ...attributes } = body;
    const identify = { type: "person", action: "identify", identifiers, timestamp, attributes };
    if (!isMap(change)) return [identify];
    const { action, relationships: cio_relationships } = change;
    return [identify, { type: "person", action, identifiers, cio_relationships }];
  }),
  aboutCustomer("DELETE", "", noBody, (_body, identifiers) => [person("delete", identifiers)]),
  aboutCustomer("POST", "/suppress", noBody, (_body, identifiers) => [person("suppress", identifiers)]),
  aboutCustomer("POST", "/unsuppress", noBody, (_body, identifiers) => [person("unsuppress", identifiers)]),
  aboutCustomer("POST", "/events", checkEvent, (body, identifiers) => [event(body, identifiers)]),
  aboutCustomer("PUT", "/devices", checkDevice, (body, identifiers) => {
    const { id: token, ...device } = isMap(body.device) ? body.device : {};
    return [{ ...person("add_device", identifiers), device: { token, ...device } }];
  }),
  aboutCustomer("DELETE", "/devices/:token", noBody, (_body, identifiers, { token = "" }) => [
    { ...person("delete_device", identifiers), device: { token } },
  ]),
  v1Route("POST", "/api/v1/events", checkAnonymousEvent, (body) => {
    const { anonymous_id } = body;
    return [event(body, typeof anonymous_id === "string" ? { anonymous_id } : {})];
  }),
  v1Route("POST", "/api/v1/metrics", checkMetric, (body) => {
    const { delivery_id: id, metric: name, timestamp, ...attributes } = body;
    return [{ type: "delivery", action: "event", identifiers: { id }, name, timestamp, attributes }];
  }),
  {
    ...v1Route("POST", "/api/v1/merge_customers", checkMerge, ({ primary, secondary }) => [
      { type: "person", action: "merge", primary, secondary },
    ]),
    answer: (errors) => (errors.size === 0 ? taken : refuseMerge([...errors.values()].flat())),
  },
];

function aboutCustomer(
  method: Method,
  path: string,
  check: (body: unknown) => Problem[],
  operations: (body: JsonMap, identifiers: Identifiers, params: Call["params"]) => JsonMap[],
): TrackRoute {
  const route = v1Route(method, `/api/v1/customers/:identifier${path}`, check, (body, params) =>
    operations(body, identifiersIn(params.identifier ?? ""), params),
  );
  return {
    ...route,
    read(call) {
      const problems = checkPathIdentifier(call.params.identifier ?? "");
      return problems.length > 0 ? { items: [{ operation: call.json, problems }] } : route.read(call);
    },
  };
}

function v1Route(
  method: Method,
  url: string,
  check: (body: unknown) => Problem[],
  operations: (body: JsonMap, params: Call["params"]) => JsonMap[],
): TrackRoute {
  return {
    method,
    url,
    isAllOrNothing: true,
    read({ json, params }) {
      const problems = check(json);
      if (problems.length > 0) return { items: [{ operation: json, problems }] };
      const body = isMap(json) ? json : {};
      return { items: operations(body, params).map((operation) => ({ operation, problems: [] })) };
    },
    answer: (errors) => (errors.size === 0 ? taken : refuse([...errors.values()].flat())),
  };
}

/** Customer.io tells the kind of an identifier in a path by its look; a phone number counts as an id. */
function identifiersIn(path: string): Identifiers {
  if (path.startsWith("cio_")) return { cio_id: path.slice("cio_".length) };
  return path.includes("@") ? { email: path } : { id: path };
}

function person(action: string, identifiers: Identifiers): JsonMap {
  return { type: "person", action, identifiers };
}

function event(body: JsonMap, identifiers: Identifiers): JsonMap {
  const { name, id, timestamp, type: action = "event", data: attributes } = body;
  return { type: "person", action, identifiers, name, id, timestamp, attributes };
}

function refuse(errors: ErrorEntry[]): Answer {
  return { status: 400, body: { meta: { errors: errors.map(({ message }) => message) } } };
}

function refuseMerge(errors: ErrorEntry[]): Answer {
  return { status: 400, body: { meta: { error: errors.map(({ message }) => message).join("; ") } } };
}

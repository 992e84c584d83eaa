/** Whom an operation is about; exactly one key. Source: Track API v2, person identifiers. */
export type PersonIdentifiers = { id: string } | { email: string } | { cio_id: string };

/** An event of somebody who is not known yet. */
export type AnonymousIdentifiers = { anonymous_id: string };

export type ObjectIdentifiers = { object_id: string; object_type_id: string };

/** Any JSON value; a message's traits and properties pass through as they are. */
export type Json = string | number | boolean | null | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

export type Relationship<Identifiers> = {
  identifiers: Identifiers;
  relationship_attributes?: JsonObject;
};

type Person<Action extends string, More = unknown> = {
  type: "person";
  action: Action;
  identifiers: PersonIdentifiers;
} & More;

type Event<Action extends string> = {
  type: "person";
  action: Action;
  identifiers: PersonIdentifiers | AnonymousIdentifiers;
  /** At most 100 bytes. */
  name: string;
  /** A ULID: Customer.io ignores an event whose id it has seen. */
  id: string;
  /** Unix seconds. */
  timestamp?: number;
  attributes: JsonObject;
  /** Too large for v2 (32,000 bytes): goes alone to v1's events endpoint. Never on the wire. */
  route?: "v1";
};

/** One item of `POST /api/v2/batch`, as Customer.io wants it (`route` apart). Source: Track API v2. */
export type Operation =
  | Person<
      "identify",
      {
        attributes: JsonObject;
        timestamp?: number;
        cio_relationships?: Relationship<ObjectIdentifiers>[];
      }
    >
  | Person<"delete">
  | Person<"suppress">
  | Person<"unsuppress">
  | Person<"add_device", { device: Device }>
  | Person<"delete_device", { device: { token: string } }>
  | { type: "person"; action: "merge"; primary: PersonIdentifiers; secondary: PersonIdentifiers }
  | Event<"event">
  | Event<"page">
  | Event<"screen">
  | {
      type: "object";
      action: "identify" | "identify_anonymous";
      identifiers: ObjectIdentifiers;
      attributes: JsonObject;
      cio_relationships?: Relationship<PersonIdentifiers | AnonymousIdentifiers>[];
    }
  | { type: "object"; action: "delete"; identifiers: ObjectIdentifiers }
  | {
      type: "object";
      action: "add_relationships" | "delete_relationships";
      identifiers: ObjectIdentifiers;
      cio_relationships: Relationship<PersonIdentifiers>[];
    }
  | {
      type: "delivery";
      action: "event";
      /** Of the delivery. */
      identifiers: { id: string };
      name: DeliveryMetric;
      timestamp?: number;
      attributes: { recipient?: string; reason?: string; href?: string };
      /** Goes alone to v1's metrics endpoint, the only one that takes its time. Never on the wire. */
      route: "v1-metrics";
    };

/** What may become of a message that Customer.io sent. Source: Track API v1, metrics. */
export const deliveryMetrics = [
  "bounced",
  "clicked",
  "converted",
  "deferred",
  "delivered",
  "dropped",
  "opened",
  "spammed",
] as const;
type DeliveryMetric = (typeof deliveryMetrics)[number];

export type Device = {
  token: string;
  platform: "ios" | "android";
  /** Unix seconds. */
  last_used?: number;
  /** Device attribute values are strings. */
  attributes: { [key: string]: string };
};

/** Any JSON object. */
export type JsonMap = { [key: string]: unknown };

export type Identifiers = {
  id?: string;
  email?: string;
  phone?: string;
  cio_id?: string;
  anonymous_id?: string;
};

export type ObjectIdentifiers = { object_type_id?: string; object_id?: string; cio_object_id?: string };

export type Relationship<To> = { identifiers: To; relationship_attributes?: JsonMap };

export type DeviceFields = {
  token: string;
  platform: string;
  last_used?: number;
  attributes?: { [name: string]: string };
};

export type EventOperation = {
  type: "person";
  action: "event" | "page" | "screen";
  identifiers: Identifiers;
  name: string;
  id?: string;
  timestamp?: number;
  attributes?: JsonMap;
};

export type PersonOperation =
  | EventOperation
  | {
      type: "person";
      action: "identify";
      identifiers: Identifiers;
      timestamp?: number;
      attributes?: JsonMap;
      cio_relationships?: Relationship<ObjectIdentifiers>[];
    }
  | { type: "person"; action: "delete" | "suppress" | "unsuppress"; identifiers: Identifiers }
  | { type: "person"; action: "merge"; primary: Identifiers; secondary: Identifiers }
  | { type: "person"; action: "add_device"; identifiers: Identifiers; device: DeviceFields }
  | { type: "person"; action: "delete_device"; identifiers: Identifiers; device: { token: string } }
  | {
      type: "person";
      action: "add_relationships" | "delete_relationships";
      identifiers: Identifiers;
      cio_relationships: Relationship<ObjectIdentifiers>[];
    };

export type ObjectOperation =
  | {
      type: "object";
      action: "identify" | "identify_anonymous";
      identifiers: ObjectIdentifiers;
      attributes?: JsonMap;
      cio_relationships?: Relationship<Identifiers>[];
      anonymous_id?: string;
    }
  | { type: "object"; action: "delete"; identifiers: ObjectIdentifiers }
  | {
      type: "object";
      action: "add_relationships" | "delete_relationships";
      identifiers: ObjectIdentifiers;
      cio_relationships: Relationship<Identifiers>[];
    };

type DeliveryOperation = {
  type: "delivery";
  action: "event";
  identifiers: { id: string };
  name: string;
  timestamp?: number;
  attributes: JsonMap;
};

/** An operation that the contract has nothing against. */
export type Operation = PersonOperation | ObjectOperation | DeliveryOperation;

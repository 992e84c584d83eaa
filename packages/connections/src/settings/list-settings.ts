import { z } from "zod";
import { connectionSettings } from "./connection-settings.ts";

/** One setting as documentation and forms show it. */
export type SettingDescription = {
  /** With a dot inside a group: `limiter.max`. */
  name: string;
  /** What it does, its unit, and the reason for its default. Names are in backquotes, as in Markdown. */
  description: string;
  /** What the whole group does. */
  group?: string;
  /** A list has the texts it holds. */
  default: string | number | boolean | null | readonly string[];
  /** The values a text may have. */
  choices?: readonly string[];
  /** The bounds of a whole number. */
  min?: number;
  max?: number;
};

type Node = {
  description?: string;
  default?: unknown;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  properties?: { [name: string]: Node };
  anyOf?: Node[];
};

/** Every setting of a connection, those of a group one by one, in the order of the schema. */
export function listSettings(): SettingDescription[] {
  const { properties = {} } = z.toJSONSchema(connectionSettings, { io: "input" }) as Node;
  return Object.entries(properties).flatMap(([name, node]) => describe(name, node));
}

function describe(name: string, node: Node, group?: string): SettingDescription[] {
  const { description = "" } = node;
  if (node.properties) {
    return Object.entries(node.properties).flatMap(([inner, of]) =>
      describe(`${name}.${inner}`, of, description),
    );
  }
  const { minimum, maximum, enum: choices } = node.anyOf?.[0] ?? node;
  return [
    {
      name,
      description,
      ...(group !== undefined && { group }),
      default: node.default as SettingDescription["default"],
      ...(choices && { choices }),
      ...(minimum !== undefined && { min: minimum }),
      ...(maximum !== undefined && { max: maximum }),
    },
  ];
}

import type { Device } from "@customerio-router/customerio";
import { type Call, readText, valueAt } from "@customerio-router/messages";
import { callTime } from "../time/call-time.ts";
import { aboutPerson } from "./about-person.ts";
import { deviceAttributes } from "./device-attributes.ts";
import { meaning, missing, type SemanticEvent } from "./semantic-event.ts";

const tokenField = "context.device.token";
const typeField = "context.device.type";

export const addDevice: SemanticEvent = {
  needs: ["user", tokenField, typeField],
  isDestructive: false,
  read: aboutPerson(({ call, properties, connection, warnings }, identifiers) => {
    const token = deviceToken(call);
    if (token === undefined) return missing(tokenField);
    const platform = devicePlatform(call);
    if (platform === undefined) return missing(typeField);
    const lastUsed = callTime(call, warnings);
    const device: Device = {
      token,
      platform,
      ...(lastUsed !== undefined && { last_used: lastUsed }),
      attributes: deviceAttributes(call.context, properties, connection, warnings),
    };
    return meaning({ type: "person", action: "add_device", identifiers, device });
  }),
};

export const deleteDevice: SemanticEvent = {
  needs: ["user", tokenField],
  isDestructive: false,
  read: aboutPerson(({ call }, identifiers) => {
    const token = deviceToken(call);
    if (token === undefined) return missing(tokenField);
    return meaning({ type: "person", action: "delete_device", identifiers, device: { token } });
  }),
};

export function deviceToken(call: Call): string | undefined {
  return readText(valueAt(valueAt(call.context, "device"), "token"));
}

/** What SDKs call the platforms whose push messages go by Apple. */
const appleTypes: ReadonlySet<string> = new Set([
  "ios",
  "ipados",
  "iphone",
  "ipad",
  "ipod",
  "macos",
  "tvos",
  "visionos",
  "watchos",
]);

function devicePlatform(call: Call): Device["platform"] | undefined {
  const type = readText(valueAt(valueAt(call.context, "device"), "type"))?.toLowerCase();
  if (type === "android") return "android";
  return type !== undefined && appleTypes.has(type) ? "ios" : undefined;
}

import { readId, readText } from "@customerio-router/messages";
import { idTooLong } from "../who.ts";
import { deviceToken } from "./device.ts";
import { meaning, missing, type SemanticEvent } from "./semantic-event.ts";

const idField = "properties.deliveryId";
const metricField = "properties.metric";
const tokenField = "properties.recipient";

const metrics = ["opened", "converted", "delivered"] as const;

/** What became of a push message, as the device tells it. */
export const reportDelivery: SemanticEvent = {
  needs: [idField, metricField, tokenField],
  isDestructive: false,
  read({ call, properties }) {
    const id = readId(properties.deliveryId);
    if (id === undefined) return missing(idField);
    const name = metrics.find((metric) => metric === properties.metric);
    if (name === undefined) return missing(metricField);
    const token = readText(properties.recipient) ?? readText(properties.deviceToken) ?? deviceToken(call);
    if (token === undefined) return missing(tokenField);
    return (
      idTooLong(id, idField) ??
      meaning({
        type: "delivery",
        action: "event",
        identifiers: { id },
        name,
        attributes: { device_token: token },
      })
    );
  },
};

import { deliveryMetrics, type MetricOperation } from "@customerio-router/customerio";
import { readId, readText } from "@customerio-router/messages";
import { refuseId } from "../identity/who.ts";
import { rejected } from "../map-result.ts";
import { callTime } from "../time/call-time.ts";
import { deviceToken } from "./device.ts";
import { meaning, type NamedTrack, type SemanticEvent } from "./semantic-event.ts";

const idField = "properties.deliveryId";
const metricField = "properties.metric";

/** What became of a message that Customer.io sent. It says nothing of a person, so that it is never a plain event. */
export const reportDelivery: SemanticEvent = {
  needs: [idField, metricField],
  isDestructive: false,
  read(track) {
    const { call, properties, warnings } = track;
    const id = readId(properties.deliveryId) ?? readId(properties.delivery_id);
    if (id === undefined) return rejected("delivery-report-incomplete", idField);
    const name = deliveryMetrics.find((metric) => metric === properties.metric);
    if (name === undefined) return rejected("delivery-report-incomplete", metricField);
    const refused = refuseId(id, idField);
    if (refused !== undefined) return refused;
    const timestamp = callTime(call, warnings);
    return meaning({
      type: "delivery",
      action: "event",
      identifiers: { id },
      name,
      ...(timestamp !== undefined && { timestamp }),
      attributes: detailsOf(track),
      route: "v1-metrics",
    });
  },
};

function detailsOf({ call, properties }: NamedTrack): MetricOperation["attributes"] {
  const recipient = readText(properties.recipient) ?? readText(properties.deviceToken) ?? deviceToken(call);
  const reason = readText(properties.reason);
  const href = readText(properties.href);
  return {
    ...(recipient !== undefined && { recipient }),
    ...(reason !== undefined && { reason }),
    ...(href !== undefined && { href }),
  };
}

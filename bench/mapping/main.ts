import { mapCall, mappingSettings } from "@customerio-router/mapping";
import { stampMessage, validateMessage } from "@customerio-router/messages";
import { createCommand, readCommandLine } from "@customerio-router/service";
import { measure } from "./measure.ts";
import { messages } from "./messages.ts";

/*
 * How fast calls are mapped, against the least any way of mapping has to do: JSON.parse of the same call.
 * Figures hold for the machine; the share of JSON.parse's speed carries over.
 */
readCommandLine(
  createCommand("npm run bench:mapping --", {
    summary: "Measure the mapping against JSON.parse of the same call",
    examples: ["npm run bench:mapping"],
  }),
  process.argv.slice(2),
);

const connection = { ...mappingSettings.parse({}), connectionId: "connection-1" };
const receivedAt = new Date();

type Input = { text: string; call: unknown };

function inputOf(message: object): Input {
  const text = JSON.stringify(message);
  return { text, call: JSON.parse(text) };
}

const inputs = new Map(Object.entries(messages).map(([name, message]) => [name, [inputOf(message)]]));
inputs.set("mix of identify (10), track, page", [
  inputOf(messages["identify, 10 traits"]),
  inputOf(messages.track),
  inputOf(messages.page),
]);

const table = [...inputs].map(([name, group]) => {
  let at = 0;
  const next = () => group[at++ % group.length] as Input;
  const { parse, map, intake } = measure({
    parse: () => JSON.parse(next().text),
    map: () => mapCall(next().call, connection),
    intake: () => {
      const valid = validateMessage(next().call);
      return valid.ok && stampMessage(valid.message, { receivedAt });
    },
  });
  const bytes = group.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) / group.length;
  return {
    call: name,
    "JSON bytes": Math.round(bytes),
    "parse/s": Math.round(parse.perSecond),
    "map/s": Math.round(map.perSecond),
    "map : parse": (map.perSecond / parse.perSecond).toFixed(2),
    "parse allocates": Math.round(parse.allocatedBytes),
    "map allocates": Math.round(map.allocatedBytes),
    "validate+stamp/s": Math.round(intake.perSecond),
  };
});

console.table(table);

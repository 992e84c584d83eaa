import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { sourceKinds } from "@customerio-router/connections";

/** Options that making and changing a source have in common. */

export function kindOption() {
  return new Option("--kind <kind>", "what sends the calls; decides what they may do").choices(sourceKinds);
}

export function originsOption() {
  return new Option(
    "--origins <list>",
    'of a browser source: the pages that may send, separated by commas, such as https://shop.example; "" for pages of any site',
  ).argParser((text) => text.split(",").flatMap((origin) => origin.trim() || []));
}

export function limitOption() {
  return new Option(
    "--messages-per-second <number>",
    "its own limit, for each intake; none for RATE_LIMIT_PER_KEY",
  ).argParser(readLimit);
}

export function connectionOption() {
  return new Option(
    "--connection <connections...>",
    "names or ids of the connections that it feeds, and no others",
  );
}

function readLimit(text: string): number | "none" {
  if (text === "none") return text;
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number, or none.");
}

/** The limit as sources have it. Commander takes a null of a parser for an absent value. */
export function toLimit(given: number | "none" | undefined): number | null | undefined {
  return given === "none" ? null : given;
}

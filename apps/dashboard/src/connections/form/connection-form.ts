import type { Connection, ConnectionChange, NewConnection, Source } from "@customerio-router/connections";
import { checkedTexts, readChecked } from "../../page/fields/checkboxes.ts";
import type { TextFields } from "../../page/text-fields.ts";
import { readSettingFields, settingTexts } from "./setting-fields.ts";

/** What a person filled in: as text it is shown again beside what is wrong with it, all but the API key. */
export type ConnectionForm = {
  texts: TextFields;
  input: NewConnection;
  /** Ids of the sources that are to feed it; `undefined`: the form shows none. */
  sources: string[] | undefined;
};

export function readConnectionForm(fields: TextFields): ConnectionForm {
  const { apiKey = "", ...texts } = fields;
  const { name = "", siteId = "", region, trackUrl = "", writeKey = "", unchecked } = texts;
  return {
    texts,
    sources: fields.sources === undefined ? undefined : readChecked("sources", fields),
    input: {
      name,
      siteId,
      apiKey: apiKey.trim(),
      region: region === "us" || region === "eu" ? region : undefined,
      settings: readSettingFields(fields),
      check: unchecked === undefined,
      ...(trackUrl.trim() !== "" && { trackUrl: trackUrl.trim() }),
      ...(writeKey.trim() !== "" && { writeKey: writeKey.trim() }),
    },
  };
}

/** What a form changes of a connection: a blank API key or write key stays, a blank custom URL goes. */
export function readChange({ input }: ConnectionForm): ConnectionChange {
  const { apiKey, region = null, trackUrl = null, ...more } = input;
  return { ...more, region, trackUrl, ...(apiKey !== "" && { apiKey }) };
}

/** A connection and the sources that feed it, as the form shows them. */
export function formTexts(connection: Connection, sources: readonly Source[]): TextFields {
  const { name, siteId, region, trackUrl, writeKey, settings } = connection;
  return {
    name,
    siteId,
    region,
    trackUrl,
    ...(writeKey !== undefined && { writeKey }),
    ...settingTexts(settings),
    ...checkedTexts(
      "sources",
      sources.flatMap(({ id, connections }) => (connections.includes(connection.id) ? id : [])),
    ),
  };
}

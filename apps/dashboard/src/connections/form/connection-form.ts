import type { Connection, ConnectionChange, NewConnection } from "@customerio-router/connections";
import type { TextFields } from "../../page/text-fields.ts";
import { readSettingFields, settingTexts } from "./setting-fields.ts";

/** What a person filled in: as text it is shown again beside what is wrong with it, all but the API key. */
type ConnectionForm = { texts: TextFields; input: NewConnection };

export function readConnectionForm(fields: TextFields): ConnectionForm {
  const { apiKey = "", ...texts } = fields;
  const { name = "", siteId = "", region, trackUrl = "", writeKey = "", unchecked } = texts;
  return {
    texts,
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

/** A connection as the form shows it. */
export function formTexts(connection: Connection): TextFields {
  const { name, siteId, region, trackUrl, writeKey, settings } = connection;
  return {
    name,
    siteId,
    region,
    trackUrl,
    ...(writeKey !== undefined && { writeKey }),
    ...settingTexts(settings),
  };
}

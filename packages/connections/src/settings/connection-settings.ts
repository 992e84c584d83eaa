import { mappingSettings } from "@customerio-router/mapping";
import { z } from "zod";
import { deliverySettings } from "./delivery-settings.ts";

/** Every setting of a connection, flat: those of the mapping and those of the delivery. An unknown one is refused. */
export const connectionSettings = z.strictObject({
  ...mappingSettings.shape,
  ...deliverySettings.shape,
});

/** As stored, perhaps by a newer version: what this version does not know is left alone. */
export const storedConnectionSettings = connectionSettings.loose();

export type ConnectionSettings = z.output<typeof connectionSettings>;
export type ConnectionSettingsInput = z.input<typeof connectionSettings>;

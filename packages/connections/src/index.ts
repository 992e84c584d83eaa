export { ApiKeyError, CustomUrlError } from "./api-key-error.ts";
export { SecretKeyError } from "./api-key-seal.ts";
export { browserSnippet } from "./browser-snippet.ts";
export {
  type Connection,
  type ConnectionInput,
  type ConnectionPatch,
  type ConnectionProblem,
  InvalidConnectionError,
  type Region,
  type Saved,
} from "./connection.ts";
export {
  type ConnectionEnvironment,
  connectionFromEnvironment,
  connectionVariables,
} from "./connection-from-environment.ts";
export {
  type ConnectionSettings,
  type ConnectionSettingsInput,
  connectionSettings,
} from "./connection-settings.ts";
export {
  type ConnectionStore,
  type ConnectionStoreOptions,
  createConnectionStore,
} from "./connection-store.ts";
export { type DeliverySettings, deliverySettings } from "./delivery-settings.ts";
export {
  decideHeld,
  describeHeld,
  type HeldMessages,
  readHeld,
  readHeldDecisions,
  reportHeld,
} from "./installation/held-messages.ts";
export { requireSecretKey, WrongSecretKeyError } from "./installation/require-secret-key.ts";
export { listSettings, type SettingDescription } from "./list-settings.ts";
export { type Rekeyed, rekey, rekeyLost } from "./rekey.ts";
export type { BrokenConnection } from "./stored-connections.ts";
export { looksLikeAppApiKey } from "./validate-connection.ts";
export type { ConnectionWatch, OnConnectionChange } from "./watch-connections.ts";
export { createWriteKeyLookup, type WriteKeyLookup, type WriteKeyLookupOptions } from "./write-key-lookup.ts";
export type { WriteKeyHashes, WriteKeyReading } from "./write-key-memory.ts";

export { browserSnippet } from "./browser-snippet.ts";
export {
  type Connection,
  type ConnectionInput,
  type ConnectionPatch,
  type ConnectionProblem,
  InvalidConnectionError,
  type MadeConnection,
  type Region,
  type Saved,
} from "./connection.ts";
export { describeProblems, onePerField } from "./describe-problems.ts";
export { allConnections, type StoredList } from "./erasure/erased-list.ts";
export type { Erasure, ErasurePart, Removed } from "./erasure/erasure.ts";
export { type ErasureCipher, ensureErasureCipher, readErasureCipher } from "./erasure/erasure-cipher.ts";
export { problemField, readPart, readSealedPeople, writePart } from "./erasure/erasure-part.ts";
export {
  addFoundPeople,
  closeErasure,
  liftErasure,
  listErasures,
  listOpenErasures,
  readErasure,
  readSealedErasure,
  requestErasure,
} from "./erasure/erasure-requests.ts";
export {
  confirmPurge,
  forgetIntake,
  type IntakeConfirmation,
  readConfirmations,
} from "./erasure/intake-confirmations.ts";
export { createNameFilter } from "./erasure/name-filter.ts";
export { type KeptLine, readLines } from "./erasure/read-lines.ts";
export { PersonError, readPerson } from "./erasure/read-person.ts";
export { type ConnectionReceipt, type Receipt, readReceipt } from "./erasure/read-receipt.ts";
export { type ErasedPeople, watchErased } from "./erasure/watch-erased.ts";
export { type SecretKeyCheck, startSecretKeyCheck } from "./installation/check-secret-key.ts";
export {
  decideHeld,
  describeHeld,
  findHeldSituation,
  type HeldMessages,
  readHeld,
  readHeldDecisions,
  reportHeld,
} from "./installation/held-messages.ts";
export { requireSecretKey, WrongSecretKeyError } from "./installation/require-secret-key.ts";
export { ApiKeyError, CustomUrlError } from "./keys/api-key-error.ts";
export { type ApiKeySeal, createApiKeySeal, SecretKeyError } from "./keys/api-key-seal.ts";
export { type Rekeyed, type Resealed, rekey, rekeyHash, rekeyLost, rekeyLostErasures } from "./keys/rekey.ts";
export { startWriteKeyLookup, type WriteKeyLookup } from "./keys/write-key-lookup.ts";
export type { KnownSources, WriteKeyReading } from "./keys/write-key-memory.ts";
export type { KeyCheck } from "./manage/check-keys.ts";
export { type ConnectionOverview, readOverviews } from "./manage/connection-overview.ts";
export { deleteConnection } from "./manage/delete-connection.ts";
export { goLive, type WentLive } from "./manage/go-live.ts";
export { pauseConnection, resumeConnection } from "./manage/pause-connection.ts";
export {
  type ConnectionChange,
  type NewConnection,
  saveConnection,
  saveNewConnection,
} from "./manage/save-connection.ts";
export { createSnapshots, type Snapshot, type Snapshots } from "./manage/snapshots.ts";
export { testConnection, testKeys } from "./manage/test-keys.ts";
export { linesWhere } from "./replay/lines-where.ts";
export {
  type Difference,
  type PreviewExample,
  type PreviewKind,
  previewKinds,
  previewReplay,
  type ReplayPreview,
} from "./replay/preview-replay.ts";
export {
  type DroppedByRule,
  explainByRules,
  type MappedByRules,
  mapByRules,
} from "./rules/map-by-rules.ts";
export { type Previewed, previewInput } from "./rules/preview-input.ts";
export { previewRules, type RulePreviewExample, type RulesPreview } from "./rules/preview-rules.ts";
export {
  addRuleFailures,
  type RuleFailure,
  type RuleFailures,
  readRuleFailures,
} from "./rules/rule-failures.ts";
export { createRuleStore, type OpenedRules, type RuleStore, type SavedRules } from "./rules/rule-store.ts";
export type { ConnectionRules, StoredRules } from "./rules/stored-rules.ts";
export { type IntakeRules, type StoredRulesById, watchIntakeRules } from "./rules/watch-intake-rules.ts";
export {
  type ConnectionEnvironment,
  connectionFromEnvironment,
  connectionVariables,
} from "./settings/connection-from-environment.ts";
export {
  type ConnectionSettings,
  type ConnectionSettingsInput,
  connectionSettings,
} from "./settings/connection-settings.ts";
export { deliverySettings } from "./settings/delivery-settings.ts";
export { listSettings, type SettingDescription } from "./settings/list-settings.ts";
export { recordUses } from "./sources/record-uses.ts";
export { senderOf } from "./sources/sender-of.ts";
export {
  maxWriteKeys,
  type Route,
  type Source,
  type SourceInput,
  type SourceKind,
  type SourcePatch,
  type SourceState,
  sourceKinds,
  sourceStates,
} from "./sources/source.ts";
export {
  createSourceStore,
  type ShownSource,
  type SourceStore,
  type UsedWriteKey,
} from "./sources/source-store.ts";
export { validateSource } from "./sources/validate-source.ts";
export { type ConnectionStore, createConnectionStore } from "./store/connection-store.ts";
export { environmentConnectionId, nameKey } from "./store/identity.ts";
export type { BrokenConnection } from "./store/stored-connections.ts";
export type { ConnectionWatch, OnConnectionChange } from "./store/watch-connections.ts";
export { looksLikeAppApiKey, validateDraft } from "./validate-connection.ts";

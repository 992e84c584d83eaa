export type { Channel, ChannelSecrets, EmailChannel, WebhookChannel } from "./channels/channel.ts";
export { ChannelSecretError } from "./channels/channel-cipher.ts";
export { checkChannel } from "./channels/check-channel.ts";
export { type AlertCondition, alertConditions } from "./conditions/alert-conditions.ts";
export { findArchiveSituation } from "./conditions/find-archive-situation.ts";
export { findThresholdSituations } from "./conditions/find-threshold-situations.ts";
export type { Subject } from "./conditions/found-alert.ts";
export type { Delivery } from "./deliver/delivery.ts";
export { placeholders } from "./deliver/template.ts";
export { type ChannelTest, testChannel } from "./deliver/test-channel.ts";
export type { AlertState } from "./notices/alert-state.ts";
export { describeNotice, type NoticeText } from "./notices/describe-notice.ts";
export type { Notice, NoticedAlert } from "./notices/notice.ts";
export { readHistory } from "./notices/read-notices.ts";
export { type NewNotice, readStates } from "./notices/store-notices.ts";
export type { Checked, Problem } from "./problem.ts";
export {
  type AlertSettings,
  alertSettings,
  checkAlertSettings,
  defaultAlertSettings,
} from "./settings/alert-settings.ts";
export { isMuted, type Pause, type Silence } from "./silences/silence.ts";
export { type AlertStore, createAlertStore } from "./store/alert-store.ts";
export { rekeyChannels } from "./store/rekey-channels.ts";
export { readStoredAlerts, type StoredAlerts } from "./store/stored-alerts.ts";
export { type AlertMemory, startRedisAlerts } from "./watch/start-redis-alerts.ts";
export { startWatching } from "./watch/start-watching.ts";

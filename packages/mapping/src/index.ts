export { rejections, skips, warnings, workerSkips } from "./catalogue.ts";
export { explain } from "./explain.ts";
export { mapCall } from "./map-call.ts";
export type { Mapped, MapResult, Rejected, Skipped, Warning } from "./map-result.ts";
export { withoutState } from "./replay/without-state.ts";
export { type MappingConnection, type MappingSettings, mappingSettings } from "./settings.ts";
export { callTime } from "./time/call-time.ts";

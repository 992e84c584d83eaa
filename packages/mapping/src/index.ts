export { rejections, skips, warnings } from "./catalogue.ts";
export { explain } from "./explain.ts";
export { mapCall } from "./map-call.ts";
export type { Mapped, MapResult, Rejected, Skipped, Warning } from "./map-result.ts";
export { type MappingConnection, type MappingSettings, mappingSettings } from "./settings.ts";

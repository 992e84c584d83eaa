import type { Operation } from "@customerio-router/customerio";
import {
  type RejectionReason,
  rejections,
  type SkipReason,
  skips,
  type WarningCode,
  warnings as warningSentences,
} from "./catalogue.ts";

/** What is delivered otherwise than it came. */
export type Warning = { code: WarningCode; field: string; message: string };

/** The call is fine, but by the settings or by its own wish it has nothing to send. */
export type Skipped = { kind: "skipped"; reason: SkipReason; field: string; message: string };

/** The call can never be delivered as it stands. */
export type Rejected = { kind: "rejected"; reason: RejectionReason; field: string; message: string };

/** At least one operation. They share parts with the call: neither may be changed. */
export type Mapped = { kind: "operations"; operations: Operation[]; warnings: Warning[] };

export type MapResult = Mapped | Skipped | Rejected;

export function rejected(reason: RejectionReason, field: string): Rejected {
  return { kind: "rejected", reason, field, message: sentence(rejections[reason], field) };
}

export function skipped(reason: SkipReason, field: string): Skipped {
  return { kind: "skipped", reason, field, message: sentence(skips[reason], field) };
}

export function warning(code: WarningCode, field: string): Warning {
  const shown = field.length > longestField ? `${field.slice(0, longestField)}…` : field;
  return { code, field: shown, message: sentence(warningSentences[code], shown) };
}

/** A warning must not be as long as the name it warns of. */
const longestField = 160;

function sentence(text: string, field: string): string {
  return text.replace("{field}", () => `\`${field}\``);
}

import type { ConnectionPatch, ConnectionProblem } from "../connection.ts";
import { validateDraft } from "../validate-connection.ts";
import type { ConnectionRecord } from "./connection-record.ts";
import { makeWriteKey } from "./identity.ts";

type DraftedRecord =
  | { ok: true; record: ConnectionRecord; apiKey: string | undefined }
  | { ok: false; problems: ConnectionProblem[] };

type DraftSource = {
  id: string;
  /** The connection as it stands; `undefined` makes a new one. */
  former: ConnectionRecord | undefined;
  patch: ConnectionPatch;
  /** Whether a new connection gets a source of its own; default true. */
  hasOwnSource?: boolean;
  allowCustomTrackUrl: boolean;
};

/** The record as it stands after a patch, or every problem with it. Nothing is stored. */
export function draftRecord(source: DraftSource): DraftedRecord {
  const { id, former, patch, hasOwnSource = former?.writeKey !== undefined || former === undefined } = source;
  const { allowCustomTrackUrl } = source;
  if (!hasOwnSource && patch.writeKey !== undefined) return { ok: false, problems: [noWriteKey] };
  const { id: _id, createdAt, updatedAt: _updatedAt, ...current } = former ?? newRecord(hasOwnSource);
  const { trackUrl, ...fields } = { ...current, ...withoutUndefined(patch) };
  const checked = validateDraft(typeof trackUrl === "string" ? { ...fields, trackUrl } : fields, {
    apiKeyNeeded: former === undefined,
    // What was allowed once stays, so that the rest of such a connection can still be changed.
    ...(former && { storedSettings: former.settings }),
    customTrackUrlAllowed: allowCustomTrackUrl || (former !== undefined && former.trackUrl === trackUrl),
  });
  if (!checked.ok) return checked;
  const { apiKey, ...draft } = checked.draft;
  const now = new Date().toISOString();
  return { ok: true, record: { id, ...draft, createdAt: createdAt ?? now, updatedAt: now }, apiKey };
}

const noWriteKey: ConnectionProblem = {
  field: "writeKey",
  message: "The sources that feed this connection have the write keys: add and retire them there.",
};

function newRecord(hasOwnSource: boolean): {
  id?: string;
  writeKey?: string;
  createdAt?: string;
  updatedAt?: string;
  trackUrl?: string;
} {
  return hasOwnSource ? { writeKey: makeWriteKey() } : {};
}

function withoutUndefined(patch: ConnectionPatch): ConnectionPatch {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

import { hash, randomBytes } from "node:crypto";

const idHexDigits = 19;

/** Names that differ only in case or in surrounding blanks are one name. */
export function nameKey(name: string): string {
  return name.trim().normalize("NFC").toLowerCase();
}

/** The id of a connection from the environment: the same on every start and in every process. */
export function environmentConnectionId(name: string): string {
  return `c${sha256(nameKey(name)).slice(0, idHexDigits)}`;
}

/** A letter first, so that it is never taken for a number. */
export function makeConnectionId(): string {
  return `c${randomBytes(10).toString("hex").slice(0, idHexDigits)}`;
}

/** Letters, digits and `_`: fits a URL, a Basic user name and a double click. */
export function makeWriteKey(): string {
  return `wk_${randomBytes(16).toString("hex")}`;
}

/** What write keys are looked up by: how long a look-up takes says nothing about the keys there are. */
export function writeKeyHash(writeKey: string): string {
  return sha256(writeKey);
}

function sha256(text: string): string {
  return hash("sha256", text);
}

import type { RecordedAction, Subject } from "@customerio-router/reports";

const said: { [action: string]: string } = {
  login: "Logged in",
  logout: "Logged out",
  "session.end": "Ended a session",
  "connection.create": "Created the connection",
  "connection.change": "Changed the connection",
  "connection.delete": "Deleted the connection",
  "connection.pause": "Paused the connection",
  "connection.resume": "Resumed the connection",
  "connection.live": "Went live with the connection",
  "connection.rules": "Changed rules of the connection",
  "connection.feed": "Chose the sources of the connection",
  "connection.queue": "Changed the queue of the connection",
  "connection.test": "Tested the keys of the connection",
  "source.create": "Created the source",
  "source.change": "Changed the source",
  "source.pause": "Paused the source",
  "source.resume": "Resumed the source",
  "source.delete": "Deleted the source",
  "source.add-key": "Added a write key to the source",
  "source.retire-key": "Retired a write key of the source",
  "source.feed": "Chose what the source feeds:",
  "messages.retry": "Retried messages of",
  "messages.export": "Exported messages of",
  "messages.send": "Sent a message to",
  "messages.edit": "Edited messages of",
  "messages.reorder": "Changed the order of messages of",
  "messages.discard": "Discarded messages of",
  "replay.start": "Started a replay of",
  "replay.change": "Changed a replay of",
  "erasure.start": "Erased a person",
  "erasure.lift": "Lifted an erasure",
  "person.export": "Exported the data of a person",
  "ledger.check": "Counted the ledger again",
  "alerts.change": "Changed the settings of alerts",
  "alerts.pause": "Paused alerts",
  "alerts.resume": "Resumed alerts",
  "silence.create": "Created a silence",
  "silence.change": "Changed a silence",
  "silence.end": "Ended a silence",
  "channel.create": "Created a channel of alerts",
  "channel.change": "Changed a channel of alerts",
  "channel.delete": "Deleted a channel of alerts",
  "channel.test": "Tested a channel of alerts",
  "config.apply": "Applied a configuration file",
  "spool.assign": "Assigned spooled messages to",
  "spool.drop": "Dropped spooled messages",
  "format.upgrade": "Raised the format of stored data",
  "secrets.rekey": "Encrypted all secrets anew",
};

/** What was done, without to what; of all connections where Bull Board names none. */
export function describeAction({ action, subject }: Pick<RecordedAction, "action" | "subject">): string {
  const text = said[action] ?? action;
  return action.startsWith("connection.") && subject === undefined
    ? text.replace("the connection", "all connections")
    : text;
}

/** Where what it was done to is shown, if it still is there. */
export function subjectPath({ kind, id }: Subject): string | undefined {
  if (id === undefined) return undefined;
  if (kind === "source") return `/sources/${encodeURIComponent(id)}`;
  if (["connection", "messages", "replay"].includes(kind)) return `/connections/${encodeURIComponent(id)}`;
  return undefined;
}

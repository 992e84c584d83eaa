/** What a command does, and to what: the place of its name or id among the arguments. */
export type AuditedCommand = {
  action: string;
  subject?: { kind: "connection" | "source"; argument: number };
};

const connection = (argument = 0) => ({ kind: "connection", argument }) as const;
const source = (argument = 0) => ({ kind: "source", argument }) as const;

/** Each command that changes something or hands data out. */
export const auditedCommands: { readonly [name: string]: AuditedCommand } = {
  "connections add": { action: "connection.create", subject: connection() },
  "connections pause": { action: "connection.pause", subject: connection() },
  "connections resume": { action: "connection.resume", subject: connection() },
  "connections live": { action: "connection.live", subject: connection() },
  "connections remove": { action: "connection.delete", subject: connection() },
  "rules apply": { action: "connection.rules", subject: connection(1) },
  "sources add": { action: "source.create", subject: source() },
  "sources change": { action: "source.change", subject: source() },
  "sources remove": { action: "source.delete", subject: source() },
  "sources add-key": { action: "source.add-key", subject: source() },
  "sources retire-key": { action: "source.retire-key", subject: source() },
  "sources feed": { action: "connection.feed", subject: connection() },
  "config apply": { action: "config.apply" },
  "replay start": { action: "replay.start", subject: connection() },
  "replay pause": { action: "replay.change" },
  "replay resume": { action: "replay.change" },
  "replay cancel": { action: "replay.change" },
  "spool assign": { action: "spool.assign", subject: connection(1) },
  "spool drop": { action: "spool.drop" },
  erase: { action: "erasure.start" },
  "person export": { action: "person.export" },
  rekey: { action: "secrets.rekey" },
  upgrade: { action: "format.upgrade" },
};

/** Commands that only tell, or ask, or copy files of this machine without Redis. */
export const tellingCommands: ReadonlySet<string> = new Set([
  ...["map", "import", "ledger", "doctor"],
  ...["connections list", "connections test", "sources list", "rules export", "rules check", "rules preview"],
  ...[
    "config export",
    "config check",
    "config diff",
    "replay list",
    "replay show",
    "spool list",
    "spool copy",
  ],
]);

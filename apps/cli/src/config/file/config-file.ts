/** A place in the file: names of fields and indexes of lists, such as `["connections", 0, "settings", "limiter"]`. */
export type FilePath = readonly (string | number)[];

/** One source, connection or channel of the file. */
export type Entry = {
  name: string;
  /** As they are in the file, `name` among them, variables replaced by their values. */
  fields: Record<string, unknown>;
  path: FilePath;
};

/** What a router.yaml says. A section that it does not have is undefined. */
export type ConfigFile = {
  sources: Entry[] | undefined;
  connections: Entry[] | undefined;
  alerts: {
    settings: Record<string, unknown> | undefined;
    channels: Entry[] | undefined;
  };
};

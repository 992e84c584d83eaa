import type { Account } from "@customerio-router/reports";

/** What a received message may be, in the order in which the sum adds it up. */
export type OutcomeName = Exclude<keyof Account, "received">;

type ShownOutcome = {
  name: OutcomeName;
  label: string;
  /** A class that names its colour in plots. */
  colour: string;
  meaning: string;
  /** Where its messages are shown; of one connection, if its id is given. */
  href?: (connectionId: string) => string;
};

function inMessages(outcome: string) {
  return (connection: string) =>
    `/messages?${new URLSearchParams({ ...(connection && { connection }), outcome })}`;
}

export const shownOutcomes: readonly ShownOutcome[] = [
  {
    name: "delivered",
    label: "Delivered",
    colour: "good",
    meaning: "Customer.io accepted them.",
    href: inMessages("delivered"),
  },
  {
    name: "skipped",
    label: "Skipped",
    colour: "warn",
    meaning: "Not meant for Customer.io: a setting or the call itself says so.",
    href: inMessages("skipped"),
  },
  {
    name: "rejected",
    label: "Rejected",
    colour: "bad",
    meaning: "Could not be delivered. They are kept under Failed, where you can retry them.",
    href: (connection) => `/failed${connection && `?${new URLSearchParams({ connection })}`}`,
  },
  {
    name: "removed",
    label: "Removed",
    colour: "worse",
    meaning: "Deleted by a person, or failed for longer than they are kept.",
  },
  {
    name: "waiting",
    label: "Waiting",
    colour: "calm",
    meaning: "In the queue, or being delivered now.",
    href: inMessages("waiting"),
  },
  {
    name: "unaccounted",
    label: "Unaccounted",
    colour: "stark",
    meaning: "Missing when they were last counted: another tool deleted them.",
  },
];

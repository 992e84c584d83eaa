import { findPerson } from "../identity/who.ts";
import { missing, type PersonMeaning, type SemanticEvent } from "./semantic-event.ts";

/** A reserved name that means something for a person Customer.io knows, and nothing without one. */
export function aboutPerson(read: PersonMeaning): SemanticEvent["read"] {
  return (track) => {
    const person = findPerson(track.call, track.connection);
    if (person === undefined) return missing("userId");
    return person.kind === "rejected" ? person : read(track, person.identifiers);
  };
}

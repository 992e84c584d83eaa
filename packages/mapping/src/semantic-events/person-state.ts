import { aboutPerson } from "./about-person.ts";
import { meaning, type SemanticEvent } from "./semantic-event.ts";

function stateOf(action: "delete" | "suppress" | "unsuppress"): SemanticEvent {
  return {
    needs: ["user"],
    isDestructive: true,
    read: aboutPerson((_track, identifiers) => meaning({ type: "person", action, identifiers })),
  };
}

export const deletePerson = stateOf("delete");
export const suppressPerson = stateOf("suppress");
export const unsuppressPerson = stateOf("unsuppress");

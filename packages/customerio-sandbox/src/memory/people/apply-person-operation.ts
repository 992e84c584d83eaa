import { applyEvent } from "../apply-event.ts";
import { changeRelationships } from "../objects/relationships.ts";
import type { DeviceFields, Identifiers, PersonOperation } from "../operation.ts";
import type { Workspace } from "../workspace.ts";
import { applyIdentify } from "./apply-identify.ts";
import { mergePeople } from "./merge-people.ts";
import { nameOf, type Person } from "./person.ts";

export function applyPersonOperation(
  workspace: Workspace,
  operation: PersonOperation,
  nowMs: number,
): boolean {
  const { people } = workspace;
  if (operation.action === "merge") return mergePeople(workspace, operation, nowMs);
  const { identifiers } = operation;
  if (operation.action === "unsuppress") return unsuppress(workspace, identifiers, nowMs);
  if (people.isSuppressed(identifiers)) return false;

  switch (operation.action) {
    case "identify":
      return applyIdentify(workspace, operation, nowMs);
    case "event":
    case "page":
    case "screen":
      return applyEvent(workspace, operation, nowMs);
    case "delete":
      return erase(workspace, identifiers, nowMs);
    case "suppress":
      return suppress(workspace, identifiers, nowMs);
    case "add_device":
      return addDevice(workspace, identifiers, operation.device, nowMs);
    case "delete_device":
      return deleteDevice(workspace, identifiers, operation.device.token, nowMs);
    case "add_relationships":
    case "delete_relationships": {
      const person = findOrCreate(workspace, identifiers, nowMs);
      if (person === undefined) return false;
      changeRelationships(workspace, { person, identifiers, operation }, nowMs);
      return true;
    }
  }
}

/** Undefined only for a `cio_id` nobody has. */
function findOrCreate({ people }: Workspace, identifiers: Identifiers, nowMs: number): Person | undefined {
  const known = people.find(identifiers);
  if (known !== undefined || identifiers.cio_id !== undefined) return known;
  const person = people.create(nowMs);
  for (const name of ["id", "email", "phone"] as const) {
    const value = identifiers[name];
    if (value === undefined) continue;
    people.rename(person, name, value);
    person.attributes.set(name, { value, timestamp: Math.floor(nowMs / 1_000) });
  }
  return person;
}

function erase({ people, activities }: Workspace, identifiers: Identifiers, nowMs: number): boolean {
  const person = people.find(identifiers);
  if (person === undefined) return false;
  people.erase(person);
  activities.add({ type: "Person deleted", name: nameOf(person), identifiers, receivedAtMs: nowMs });
  return true;
}

function suppress({ people, activities }: Workspace, identifiers: Identifiers, nowMs: number): boolean {
  const person = people.suppress(identifiers);
  const name = person === undefined ? "" : nameOf(person);
  activities.add({ type: "Person suppressed", name, identifiers, receivedAtMs: nowMs });
  return true;
}

function unsuppress({ people, activities }: Workspace, identifiers: Identifiers, nowMs: number): boolean {
  if (!people.isSuppressed(identifiers)) return false;
  people.unsuppress(identifiers);
  activities.add({ type: "Person unsuppressed", name: "", identifiers, receivedAtMs: nowMs });
  return true;
}

function addDevice(
  workspace: Workspace,
  identifiers: Identifiers,
  device: DeviceFields,
  nowMs: number,
): boolean {
  const person = findOrCreate(workspace, identifiers, nowMs);
  if (person === undefined) return false;
  const before = person.devices.get(device.token);
  person.devices.set(device.token, {
    last_used: Math.floor(nowMs / 1_000),
    ...device,
    attributes: { ...before?.attributes, ...device.attributes },
  });
  const { token: name, platform } = device;
  const data = { platform, ...device.attributes };
  workspace.activities.add({ type: "Device added", name, person, identifiers, receivedAtMs: nowMs, data });
  return true;
}

function deleteDevice(workspace: Workspace, identifiers: Identifiers, token: string, nowMs: number): boolean {
  const person = workspace.people.find(identifiers);
  if (!person?.devices.delete(token)) return false;
  const { activities } = workspace;
  activities.add({ type: "Device deleted", name: token, person, identifiers, receivedAtMs: nowMs });
  return true;
}

import type { Operation } from "@customerio-router/customerio";

/**
 * The operations that Customer.io may get again at any later time: it knows an event by its ULID, and lets attributes lose
 * to those with a newer timestamp. What has neither would turn state back. A relationship within an identify has none of
 * its own.
 */
export function withoutState(operations: Operation[]): Operation[] {
  return operations.flatMap((operation): Operation[] => {
    if (operation.type !== "person") return [];
    switch (operation.action) {
      case "event":
      case "page":
      case "screen":
        return [operation];
      case "identify": {
        if (operation.timestamp === undefined) return [];
        const { cio_relationships: _, ...attributes } = operation;
        return [attributes];
      }
      default:
        return [];
    }
  });
}

import assert from "node:assert/strict";
import { describe, expect, test } from "vitest";
import {
  type MapResult,
  mapCall,
  mappingSettings,
  rejections,
  skips,
  warnings as warningCodes,
} from "../src/index.ts";
import { semanticEvents } from "../src/semantic-events/semantic-events.ts";
import { type Vector, vectors } from "./read-vectors.ts";

function map({ call, noted, settings, connectionId, sourceKind }: Vector): MapResult {
  const connection = {
    ...mappingSettings.parse(settings ?? {}),
    connectionId: connectionId ?? "connection-1",
    sourceKind,
  };
  return mapCall(call, connection, noted);
}

/** The result without its sentences, once it is clear that they name their field. */
function withoutSentences(result: MapResult): unknown {
  if (result.kind === "operations") {
    return { ...result, warnings: result.warnings.map(withoutSentence) };
  }
  return withoutSentence(result);
}

function withoutSentence<Told extends { field: string; message: string }>({ message, ...rest }: Told) {
  expect(message).toMatch(/\.$/);
  expect(message).not.toContain("{field}");
  expect(message).toContain(rest.field);
  return rest;
}

describe("vectors", () => {
  test.each(vectors)("$name: $says", (vector) => {
    assert.deepStrictEqual(withoutSentences(map(vector)), vector.result);
  });
});

describe("the vectors leave nothing out", () => {
  const seen = new Set(vectors.flatMap(({ result }) => [result].flatMap(codesOf)));

  test.each(Object.keys({ ...rejections, ...skips, ...warningCodes }))("%s has a vector", (code) => {
    expect(seen).toContain(code);
  });

  test.each([...semanticEvents.keys()])("%s has a vector", (event) => {
    const meant = vectors.filter(({ call, result }) => eventOf(call) === event && isMeant(result));
    expect(meant).not.toHaveLength(0);
  });

  test.each(Object.keys(mappingSettings.shape))("%s has a vector other than by default", (setting) => {
    expect(vectors.some(({ settings }) => settings !== undefined && setting in settings)).toBe(true);
  });
});

function codesOf(result: Vector["result"]): string[] {
  return result.kind === "operations" ? result.warnings.map(({ code }) => code) : [result.reason];
}

function eventOf(call: unknown): unknown {
  return (call as { event?: unknown } | null)?.event;
}

/** As what its name stands for, not as a plain event. */
function isMeant(result: Vector["result"]): boolean {
  return (
    result.kind === "operations" &&
    result.operations.every((operation) => !("name" in operation && "id" in operation))
  );
}

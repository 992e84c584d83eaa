import type { Fields } from "@customerio-router/messages";

/** An element of a corrupt body that is not JSON or was cut off. */
export class Unsaved {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The batches of a corrupt body: more than one where envelopes were joined. Read as one it is a batch like any other. */
export class SalvagedBatch {
  /** Each with what it says for its own messages. */
  readonly envelopes: readonly Fields[];
  readonly batch: readonly unknown[];
  /** Absent where the envelopes do not agree. */
  readonly writeKey: unknown;

  constructor(envelopes: readonly Fields[]) {
    this.envelopes = envelopes;
    this.batch = envelopes.flatMap(({ batch }) => batch);
    const [writeKey, ...others] = new Set(envelopes.flatMap((envelope) => envelope.writeKey ?? []));
    this.writeKey = others.length === 0 ? writeKey : undefined;
  }
}

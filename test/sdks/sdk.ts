/** An SDK as the tests use it: the same calls, whichever it is. */
export type Sdk = AsyncDisposable & {
  /** Before anybody is identified. */
  trackAnonymously(event: string): Promise<void>;
  identify(userId: string, traits: object): Promise<void>;
  /** By the person identified last, as `page` is. */
  track(event: string, properties?: object): Promise<void>;
  page(name?: string): Promise<void>;
  /** What a page without a name is known by. */
  url: string;
  /** Where a page of the SDK sent requests besides to the page's own site and the target; of a Node SDK not known. */
  elsewhere: readonly string[];
};

/** Where an SDK sends. */
export type SdkTarget = { writeKey: string; intakeUrl: string };

export type StartSdk = (target: SdkTarget) => Promise<Sdk>;

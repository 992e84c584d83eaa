import { type ConnectionInput, createConnectionStore } from "@customerio-router/connections";
import { freePort, startProcess } from "@customerio-router/fixtures";
import { connectRedis } from "@customerio-router/redis";
import { type Router, startRouter } from "../router.ts";

/** A person as the sandbox shows them. */
type SeenPerson = {
  id: string;
  email: string;
  unsubscribed: boolean;
  attributes: { [name: string]: unknown };
};

/** An activity as the sandbox shows it. */
type SeenActivity = {
  type: string;
  name: string;
  id: string;
  identifiers: { [name: string]: string };
  data: { [name: string]: unknown };
};

/** Sandbox, worker and intake as processes, and a real Redis. */
export type SdkSetting = AsyncDisposable & {
  router: Router;
  sandboxUrl: string;
  /** The write key of a connection of its own. */
  addConnection(name: string, settings: NonNullable<ConnectionInput["settings"]>): Promise<string>;
  person(id: string): Promise<SeenPerson | undefined>;
  /** What the person did, oldest first, without changes of attributes. */
  activity(personId: string): Promise<SeenActivity[]>;
};

const keys = { siteId: "sandbox-site", apiKey: "sandbox-key" };

export async function openSdkSetting(): Promise<SdkSetting> {
  await using opening = new AsyncDisposableStack();
  const sandboxPort = await freePort();
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  opening.use(
    await startProcess({
      entry: "apps/sandbox/src/main.ts",
      env: { SANDBOX_PORT: String(sandboxPort), LOG_LEVEL: "warn" },
      ready: new URL("/readyz", sandboxUrl),
    }),
  );
  const router = opening.use(await startRouter({ trackUrl: sandboxUrl, keys }));
  const redis = connectRedis({ url: router.redis.url, profile: "consumer" });
  opening.defer(() => redis.disconnect());
  const store = createConnectionStore({
    redis,
    secretKey: router.env.SECRET_KEY,
    allowCustomTrackUrl: true,
  });
  const opened = opening.move();

  return {
    router,
    sandboxUrl,
    async addConnection(name, settings) {
      const saved = await store.create({ name, ...keys, region: "us", trackUrl: sandboxUrl, settings });
      if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
      return saved.connection.writeKey;
    },
    async person(id) {
      const answer = await fetch(`${sandboxUrl}/api/people/${encodeURIComponent(id)}`);
      return answer.ok ? ((await answer.json()) as SeenPerson) : void (await answer.body?.cancel());
    },
    async activity(personId) {
      const query = new URLSearchParams({ person: personId, order: "oldest", limit: "10000" });
      const answer = await fetch(`${sandboxUrl}/api/activity?${query}`);
      const { activity } = (await answer.json()) as { activity: SeenActivity[] };
      return activity.filter(({ type }) => type === "Event" || type === "Page View");
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

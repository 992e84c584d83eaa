import { createSandbox } from "@customerio-router/customerio-sandbox";
import { addHealthRoutes, listen, runUntilSignal } from "@customerio-router/service";

await runUntilSignal({
  name: "sandbox",
  summary: "Stand in for Customer.io, for trials",
  args: process.argv.slice(2),
  environment: process.env,
  variables: ["SANDBOX_PORT", "HOST", "SANDBOX_SITE_ID", "SANDBOX_API_KEY"],
  start: async ({ config, logger, opened }) => {
    const sandbox = await createSandbox({
      keys: [{ siteId: config.SANDBOX_SITE_ID, apiKey: config.SANDBOX_API_KEY }],
      logger,
    });
    opened.defer(() => sandbox.close());
    addHealthRoutes(sandbox.app, { readiness: () => ({ problems: [] }) });
    await listen({ config, portFrom: "SANDBOX_PORT", start: (address) => sandbox.start(address), logger });
  },
});

import { createSandbox } from "@customerio-router/customerio-sandbox";
import { addHealthRoutes, runUntilSignal } from "@customerio-router/service";

await runUntilSignal({
  name: "sandbox",
  environment: process.env,
  variables: ["SANDBOX_PORT", "HOST", "SANDBOX_SITE_ID", "SANDBOX_API_KEY"],
  start: async ({ config, logger, opened }) => {
    const sandbox = await createSandbox({
      keys: [{ siteId: config.SANDBOX_SITE_ID, apiKey: config.SANDBOX_API_KEY }],
      logger,
    });
    opened.defer(() => sandbox.close());
    addHealthRoutes(sandbox.app, { readiness: () => ({ problems: [] }) });
    const url = await sandbox.start({ host: config.HOST, port: config.SANDBOX_PORT });
    logger.info({ url }, "listening");
  },
});

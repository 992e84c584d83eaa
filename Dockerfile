# One image for every app; the command says which one runs: `node apps/<name>/src/main.ts`.
FROM node:24-slim

WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data

# Workspaces stay symlinks from node_modules to packages/: Node runs TypeScript as it is, but not inside node_modules.
COPY . .
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && npm cache clean --force \
  && mkdir /data \
  && chown node:node /data

# The user node, by number: Kubernetes then sees that it is not root.
USER 1000:1000
VOLUME /data
CMD ["node", "apps/intake/src/main.ts"]

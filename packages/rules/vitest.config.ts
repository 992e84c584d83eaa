export { default } from "@customerio-router/fixtures/vitest-config";

export { checkOperation } from "./contract/check-operation.ts";
export type { Problem, Reason } from "./contract/problem.ts";

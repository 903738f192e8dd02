export type { RequestTarget } from "./http/request-target.ts";
export type { CacheRule } from "./static/cache-rule.ts";
export type { FrontendOptions } from "./static/front-end.ts";
export { type StaticFilesOptions, staticFiles } from "./static/static-files.ts";

export type { PathTypes } from "./http/matched-route.ts";
export { type PathType, registerPathType } from "./routing/path-type.ts";

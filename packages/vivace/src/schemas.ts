export { aliased, camel, snake } from "./schema/aliases.ts";
export type { AliasedSchema } from "./schema/library/aliased/aliased-schema.ts";

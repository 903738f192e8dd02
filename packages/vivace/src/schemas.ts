export { aliased, camel, snake } from "./schema/aliases.ts";
export type { AliasedSchema } from "./schema/library/aliased/aliased-schema.ts";
export { type CustomError, customError } from "./schema/words/custom-error.ts";

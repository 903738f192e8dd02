export { aliased, camel, snake } from "./schema/aliases.ts";
export type { JsonSchema } from "./schema/document/json-schema.ts";
export { toJsonSchema } from "./schema/document/to-json-schema.ts";
export type { AliasedSchema } from "./schema/library/aliased/aliased-schema.ts";
export { float } from "./schema/library/built-in/float.ts";
export { type CustomError, customError } from "./schema/words/custom-error.ts";

import type { ErrorDetail } from "../errors/validation-error.ts";

/** A value that fits its schema, or all that is wrong with it. */
export type Parsed =
	| { readonly value: unknown; readonly errors?: undefined }
	| { readonly errors: readonly ErrorDetail[]; readonly value?: undefined };

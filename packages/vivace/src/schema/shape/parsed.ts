import type { ErrorDetail, Location } from "../../errors/validation-error.ts";

/** A value that fits its schema, or all that is wrong with it. */
export type Parsed =
	| { readonly value: unknown; readonly errors?: undefined }
	| { readonly errors: readonly ErrorDetail[]; readonly value?: undefined };

/** Gives a value that a handler returned in the form that goes on the wire, or what the schema has against it. */
export type ResultEncoder = (
	value: unknown,
	loc: Location,
) => Parsed | Promise<Parsed>;

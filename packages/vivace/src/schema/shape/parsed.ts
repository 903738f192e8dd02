import type { ErrorDetail, Location } from "../../errors/validation-error.ts";
import type { Sample } from "./sample.ts";

/** A value that fits its schema, or all that is wrong with it. */
export type Parsed =
	| { readonly value: unknown; readonly errors?: undefined }
	| {
			/** Up to the limit on problems. */
			readonly errors: readonly ErrorDetail[];
			/** How many further problems there are, at least. Default: none. */
			readonly more?: number;
			/** True when nobody counted how many there are: there may be more than `more`. Default: false. */
			readonly isUncounted?: boolean;
			readonly value?: undefined;
	  };

/** How a value is read. */
export interface ParseOptions {
	/** A string that reads as a number, a boolean or a date is refused where JSON is read. Default: false. */
	readonly strict?: boolean;
	/** How many problems are described. Default: 100. */
	readonly problems?: number;
	/** True for a value from so short a text that it can't have many more problems than are described. Default: false. */
	readonly isShort?: boolean;
	/** True for a value of JSON that nobody else holds: what is right as it stands need not be copied. Default: false. */
	readonly isOwn?: boolean;
	/** The part of the value that is validated. Default: all of it. */
	readonly sample?: Sample;
}

/** Gives a value that a handler returned in the form that goes on the wire, or what the schema has against it. */
export type ResultEncoder = (
	value: unknown,
	loc: Location,
) => Parsed | Promise<Parsed>;

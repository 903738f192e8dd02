import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ErrorDetail, Location } from "../../errors/validation-error.ts";

/** A value that fits its schema, or all that is wrong with it. */
export type Parsed =
	| { readonly value: unknown; readonly errors?: undefined }
	| { readonly errors: readonly ErrorDetail[]; readonly value?: undefined };

/** Makes the errors of what a schema refused: with the value as it was received, not as it was converted. */
export type Refuse = (
	issues: readonly StandardSchemaV1.Issue[],
	received: unknown,
	loc: Location,
	isStrict?: boolean,
) => Parsed;

/** Makes of what a schema said of a value what a reader gives. */
export type Settle = (
	result: ReturnType<StandardSchemaV1["~standard"]["validate"]>,
	received: unknown,
	loc: Location,
) => Parsed | Promise<Parsed>;

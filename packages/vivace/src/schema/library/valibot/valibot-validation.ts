import type { StandardSchemaV1 } from "@standard-schema/spec";
import type {
	Validate,
	Validation,
	ValidationWishes,
} from "../schema-library.ts";
import { someWithin } from "../some-within.ts";
import { linearCopy } from "./valibot-copy.ts";
import {
	type Dataset,
	type Runnable,
	takesLists,
	type ValibotSchema,
	valibotParts,
} from "./valibot-internals.ts";

export function valibotValidation(
	schema: StandardSchemaV1 & ValibotSchema,
	{ prefersMostSet, convertsTo, takesNonFinite = false }: ValidationWishes,
): Validation {
	const isCopied =
		prefersMostSet ||
		takesNonFinite ||
		convertsTo !== undefined ||
		someWithin(
			schema,
			valibotParts,
			(part) => part.type === "intersect" || takesLists(part),
		);
	const used = isCopied
		? linearCopy(schema, { takesNonFinite, ...(convertsTo && { convertsTo }) })
		: (schema as unknown as Runnable); // its own functions, which the types leave out
	return {
		takesNonFinite,
		// Valibot's global configuration is about the language of messages, which are FastAPI's here
		validate: isCopied
			? (value) => used["~run"]({ value }, {}) as ReturnType<Validate> // Valibot's own validation gives the same
			: schema["~standard"].validate,
		isQuickFree: true,
		validateQuickly(value) {
			if (used.async === true) {
				return undefined;
			}
			const result = used["~run"]({ value }, { abortEarly: true }) as Dataset; // without `async` there is no promise
			return result as StandardSchemaV1.Result<unknown>;
		},
	};
}

import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ZodSchema } from "./zod-internals.ts";

const wrong: StandardSchemaV1.FailureResult = {
	issues: [{ message: "Invalid input" }],
};

/** Tells whether the Zod of a schema can stop at the first issue. Releases before 4.6 go on to the last, which may take seconds. */
export function stopsEarly({ _zod: { version } }: ZodSchema): boolean {
	return (
		version !== undefined &&
		(version.major > 4 || (version.major === 4 && version.minor >= 6))
	);
}

/** Validates up to the first issue; `undefined` where something is asynchronous or throws. */
export function runZodQuickly(
	schema: ZodSchema,
	value: unknown,
): StandardSchemaV1.Result<unknown> | undefined {
	try {
		const ran = schema._zod.run(
			{ value, issues: [] },
			{ async: false, abortEarly: true },
		);
		if (ran instanceof Promise) {
			return undefined;
		}
		return ran.issues.length === 0 ? { value: ran.value } : wrong;
	} catch {
		// Zod throws where something is asynchronous; what the app's own checks throw comes again
		return undefined;
	}
}

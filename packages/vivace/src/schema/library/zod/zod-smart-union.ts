import { shapeFromJsonSchema } from "../../shape/shape-reader.ts";
import { byFieldsSet } from "../../shape/union-choice.ts";
import type { ZodPayload, ZodSchema } from "./zod-internals.ts";
import { parseOnce } from "./zod-outcomes.ts";
import { readZod } from "./zod-reader.ts";

/** Makes a union try its members in the order of the fields that they name of the value. */
export function preferMostSet(
	union: ZodSchema,
	originals: readonly ZodSchema[],
): void {
	const order = byFieldsSet(union._zod.def.options ?? [], () =>
		originals.map((option) =>
			shapeFromJsonSchema(readZod(option, "input").raw, true),
		),
	);
	parseOnce(union, (parse) => (payload, context) => {
		const members = order(payload.value);
		for (const [index, member] of members.entries()) {
			const result = run(member, payload, context);
			if (result instanceof Promise) {
				return finishLater(
					result,
					members.slice(index + 1),
					payload,
					context,
				).then(
					// its errors are told in the order in which the members were declared
					(found) => found ?? parse(payload, context),
				);
			}
			if (result.issues.length === 0) {
				payload.value = result.value;
				return payload;
			}
		}
		return parse(payload, context);
	});
}

function run(
	member: ZodSchema,
	payload: ZodPayload,
	context: object,
): ZodPayload | Promise<ZodPayload> {
	return member._zod.run({ value: payload.value, issues: [] }, context);
}

async function finishLater(
	first: Promise<ZodPayload>,
	rest: readonly ZodSchema[],
	payload: ZodPayload,
	context: object,
): Promise<ZodPayload | undefined> {
	let result = await first;
	for (const member of rest) {
		if (result.issues.length === 0) {
			break;
		}
		result = await run(member, payload, context);
	}
	if (result.issues.length > 0) {
		return undefined;
	}
	payload.value = result.value;
	return payload;
}

import { wireValue } from "../../document/wire-value.ts";
import { runZodBackwards } from "./zod-backwards.ts";
import { isTransforming, type ZodDefinition } from "./zod-internals.ts";

/**
 * The default of a schema as a client would send it; `undefined` where that can't be said: it is made anew for each value (`() =>
 * randomUUID()`), it depends on the value that was wrong, or a one-way transform stands between it and the wire.
 */
export function wireDefault(def: ZodDefinition): unknown {
	try {
		const value = constantDefault(def);
		// a prefault is an input already
		if (
			value === undefined ||
			value === null ||
			def.type === "prefault" ||
			def.innerType === undefined ||
			!isTransforming(def.innerType)
		) {
			return wireValue(value);
		}
		const result = runZodBackwards(def.innerType, value);
		return result instanceof Promise || result.issues !== undefined
			? undefined
			: wireValue(result.value);
	} catch {
		// a default that throws when it is made or encoded is left out of the document
		return undefined;
	}
}

function constantDefault(def: ZodDefinition): unknown {
	const value = made(def);
	if (value === null || typeof value !== "object") {
		return value === made(def) ? value : undefined;
	}
	return JSON.stringify(wireValue(value)) ===
		JSON.stringify(wireValue(made(def)))
		? value
		: undefined;
}

function made(def: ZodDefinition): unknown {
	return def.type === "catch" ? def.catchValue?.(undefined) : def.defaultValue;
}

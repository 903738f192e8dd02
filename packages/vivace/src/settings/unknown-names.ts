import { isNear } from "../errors/options.ts";
import { isPlainObject } from "../schema/shape/plain-object.ts";
import { isSchema } from "../schema/standard-schema.ts";
import type { SettingsSource } from "./values-layer.ts";
import { EnvVariable, isSameSetting, type SettingsFields } from "./variable.ts";

/** The names in a source that no setting has, as problems: most are slips. */
export function unknownNames(
	source: SettingsSource,
	fields: SettingsFields,
): readonly string[] {
	return source.ignoreUnknown === true
		? []
		: [...unknownWithin(source.values, fields, [])].map(
				(problem) => `  ${problem}; from ${source.name}`,
			);
}

function* unknownWithin(
	values: object,
	fields: SettingsFields,
	path: readonly string[],
): Generator<string> {
	const known = Object.entries(fields);
	for (const [name, value] of Object.entries(values)) {
		const field = known.find(([key]) => isSameSetting(name, key));
		if (field === undefined) {
			const near = known.find(([key]) => isNear(name, key));
			const hint =
				near === undefined
					? "take it out, or say ignoreUnknown: true"
					: `did you mean ${near[0]}?`;
			yield `${[...path, name].join(".")}: no setting has this name; ${hint}`;
		} else if (isGroup(field[1]) && isPlainObject(value)) {
			yield* unknownWithin(value, field[1], [...path, field[0]]);
		}
	}
}

function isGroup(field: SettingsFields[string]): field is SettingsFields {
	return !(field instanceof EnvVariable) && !isSchema(field);
}

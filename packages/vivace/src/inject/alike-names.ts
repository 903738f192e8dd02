import { isNear } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { isSchema } from "../schema/standard-schema.ts";
import type { Declarations } from "./declaration.ts";
import type { ParameterField } from "./parameter-field.ts";

/**
 * A name of the path that no parameter takes, beside one that is nearly called so: one of the two is misspelt, and the handler would get both, the
 * one as text and the other from the query.
 *
 * @param fields all that the path operation reads, also in its dependencies
 * @throws SetupError `VIV_PARAMETER` that names both
 */
export function assertPathNamesTaken(
	where: string,
	params: Declarations,
	pathNames: readonly string[],
	fields: readonly ParameterField[],
): void {
	const taken = new Set(
		fields.filter(({ source }) => source === "path").map(({ name }) => name),
	);
	for (const name of pathNames) {
		if (taken.has(name) || Object.hasOwn(params, name)) {
			continue;
		}
		const [other] =
			Object.entries(params).find(
				([key, declaration]) => isSchema(declaration) && isAlike(name, key),
			) ?? [];
		if (other !== undefined) {
			throw new SetupError(
				"VIV_PARAMETER",
				`${where}: the path has {${name}}, which no parameter takes, and the parameter "${other}" is not in the path; give them one name, or write Query() or Body() for "${other}".`,
			);
		}
	}
}

/** True for names that differ in humps and underscores alone, or in one letter; a plural and another number are other names. */
export function isAlike(one: string, other: string): boolean {
	const [a, b] = [plain(one), plain(other)];
	if (a === b) {
		return true;
	}
	const isPlural = `${a}s` === b || a === `${b}s`;
	const isNumbered = a.replace(/\d+$/, "") === b.replace(/\d+$/, "");
	return (
		!isPlural && !isNumbered && Math.min(a.length, b.length) > 3 && isNear(a, b)
	);
}

function plain(name: string): string {
	return name.toLowerCase().replaceAll("_", "");
}

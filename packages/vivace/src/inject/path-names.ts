import { SetupError } from "../errors/setup-error.ts";
import { isSchema } from "../schema/standard-schema.ts";
import { isAlike } from "./alike-names.ts";
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

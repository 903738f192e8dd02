import { SetupError } from "../errors/setup-error.ts";
import { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";
import { isSchema } from "../schema/standard-schema.ts";
import { declarationText } from "./declaration-text.ts";
import { Parameter } from "./parameter.ts";
import { isAppScopedClass, isProvidedClass } from "./provided.ts";
import { SecurityScopes } from "./security-scopes.ts";

/** The error of a value in a record of parameters that declares nothing. */
export function undeclaredError(
	where: string,
	key: string,
	value: unknown,
	remedy = "",
): SetupError {
	const meant =
		typeof value === "function" && remedy === ""
			? `; write dependency(${value.name || "fn"}) for what makes a value`
			: remedy;
	return new SetupError(
		"VIV_PARAMETER",
		`${where}: parameter "${key}" is ${declarationText(value)}; expected a schema, Path(), Query(), Header(), ` +
			`Cookie(), Body(), Form(), File(), a dependency or a class that Vivace knows${meant}.`,
	);
}

/** True for what may stand in a record of parameters, beside dependencies. */
export function isPlainDeclaration(value: unknown): boolean {
	return (
		isSchema(value) ||
		value instanceof Parameter ||
		value === Request ||
		value === Response ||
		value === SecurityScopes ||
		isProvidedClass(value) ||
		isAppScopedClass(value)
	);
}

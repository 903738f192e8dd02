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
		remedy ||
		(typeof value === "function"
			? functionRemedy(declarationText(value), value)
			: isValue(value)
				? "; a value that is there already is used without being declared, or given by dependency(() => value)"
				: "");
	return new SetupError(
		"VIV_PARAMETER",
		`${where}: parameter "${key}" is ${declarationText(value)}; expected a schema, Path(), Query(), Header(), ` +
			`Cookie(), Body(), Form(), File(), a dependency or a class that Vivace knows${meant}.`,
	);
}

/** None where the text has one already. */
function functionRemedy(text: string, { name }: { name: string }): string {
	return text.includes("(write ")
		? ""
		: `; write dependency(${name || "fn"}) for what makes a value`;
}

/** True for a record of values or an instance, of which nothing says that a schema was meant. */
function isValue(value: unknown): boolean {
	return (
		typeof value === "object" &&
		value !== null &&
		declarationText(value) === "an object"
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

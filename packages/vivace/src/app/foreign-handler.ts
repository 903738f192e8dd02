import { beginAt } from "../errors/program-stack.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { InjectedFunction } from "../inject/dependency.ts";
import { firstParameter } from "./function-form.ts";

/** Members that a handler of Hono calls on its only parameter, the context. */
const contextMembers =
	"json|text|html|body|redirect|notFound|header|status|get|set|render|newResponse";

/**
 * A handler that may be written for Hono, `(c) => c.json(…)`: when it fails because its first parameter has no such member, the error says
 * so. Its source alone shows nothing: a minifier calls any parameter `c`, and shadows it. Any other handler stays as it is.
 *
 * @param where the path operation: `GET /items`
 */
export function toldHandler(
	where: string,
	handler: InjectedFunction,
): InjectedFunction {
	const source = Function.prototype.toString.call(handler);
	const name = firstParameter(handler);
	if (name === "" || !isOfContext(name).test(source)) {
		return handler;
	}
	const tell = (error: unknown, values: object): unknown => {
		const member = foreignMember(error, name, source);
		return member === undefined || member in values
			? error
			: foreignUse(error, `${name}.${member}`, where);
	};
	return (values: object, ...others) => {
		try {
			const result: unknown = handler(values, ...others);
			return result instanceof Promise
				? result.catch((error) => {
						throw tell(error, values);
					})
				: result;
		} catch (error) {
			throw tell(error, values);
		}
	};
}

/** Where a parameter of this name is used as a context of Hono. */
function isOfContext(name: string): RegExp {
	const own = RegExp.escape(name);
	return new RegExp(
		`(?<![\\w$.])${own}\\s*\\.\\s*(?:(?:${contextMembers})\\s*\\(|req\\s*\\.)`,
	);
}

/** The member whose absence an error is about, in the words of V8 and of JavaScriptCore. */
function foreignMember(
	error: unknown,
	name: string,
	source: string,
): string | undefined {
	if (!(error instanceof TypeError)) {
		return undefined;
	}
	const own = RegExp.escape(name);
	const { message } = error;
	const called = new RegExp(
		`^${own}\\.(${contextMembers}) is not a function`,
	).exec(message);
	const isOfRequest = new RegExp(
		`\\(evaluating '${own}\\.req\\.|^Cannot read properties of undefined \\(reading '(\\w+)'\\)`,
	).exec(message);
	const read = `(?<![\\w$.])${own}\\s*\\.\\s*req\\s*\\.\\s*${isOfRequest?.[1] ?? ""}`;
	return (
		called?.[1] ??
		(isOfRequest && new RegExp(read).test(source) ? "req" : undefined)
	);
}

function foreignUse(error: unknown, use: string, where: string): SetupError {
	const told = new SetupError(
		"VIV_ROUTE",
		`${where}: the handler uses ${use}, as Hono's context has it; here its first parameter has the values of the record and of the path, and what it ` +
			"returns is the answer; write ({ id }, request) => answer.",
		{ cause: error },
	);
	beginAt(told, error as Error);
	return told;
}

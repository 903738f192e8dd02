import { SetupError } from "../errors/setup-error.ts";
import { Request } from "../http/request.ts";
import type { Parsed } from "../schema/shape/parsed.ts";
import type { ParameterField } from "./parameter-field.ts";
import type { Run } from "./run.ts";

/**
 * Stands where a request would: harmless until something of it is read, but for the signal, which is the scope's.
 *
 * @param scope one object for all that stand in one scope
 */
export function absentRequest(
	owner: string,
	signal: AbortSignal,
	scope: object = {},
): Request {
	const target = Object.create(Request.prototype) as Request;
	const absent = new Proxy(target, {
		get(target, member) {
			if (member === "signal") {
				return signal;
			}
			// members that any value is asked for: by `await`, by whoever prints it
			if (typeof member === "symbol" || member === "then") {
				return Reflect.get(target, member);
			}
			throw new SetupError(
				"VIV_SCOPE",
				`app.scope(): "${owner}" reads request.${member}, but there is no request; ` +
					"override the dependency, or keep what it does for requests out of it.",
			);
		},
	});
	scopes.set(absent, scope);
	return absent;
}

const scopes = new WeakMap<Request, object>();

/** The same for another owner in the same scope. */
export function absentRequestFor(owner: string, request: Request): Request {
	return absentRequest(owner, request.signal, scopes.get(request));
}

/** True for what stands where a request would, in `app.scope()`. */
export function isAbsentRequest(request: Request): boolean {
	return scopes.has(request);
}

/** The identity that everything made for one request, or for one `app.scope()`, shares. */
export function unitOf(request: Request): object {
	return scopes.get(request) ?? request.exchange;
}

/** @throws SetupError `VIV_SCOPE` when the record that `app.scope()` was given asks for it itself */
export function compileAbsentRequest(
	key: string,
	owner: string | undefined,
): (run: Run) => Request {
	if (owner === undefined) {
		throw hasNoRequest(key);
	}
	return ({ request }) => absentRequestFor(owner, request);
}

/** The error of a record that asks `app.scope()` for the request or its response. */
export function hasNoRequest(key: string): SetupError {
	return new SetupError(
		"VIV_SCOPE",
		`app.scope(): "${key}" belongs to a request, and app.scope() has none; name a dependency.`,
	);
}

/**
 * Gives what a parameter is where a request leaves it out.
 *
 * @param owner whose record it stands in: a dependency's name, or `undefined` for the record that `app.scope()` was given
 * @throws SetupError `VIV_SCOPE` when it must be there: at once, but for an asynchronous schema, which says so when it is run
 */
export function compileAbsentParameter(
	field: ParameterField,
	owner: string | undefined,
): () => unknown {
	const { compiled, source, name } = field;
	if (source === "path") {
		throw needsRequest(field, owner);
	}
	const take = (parsed: Parsed): unknown => {
		if (parsed.errors === undefined) {
			return parsed.value;
		}
		throw needsRequest(field, owner);
	};
	const give = (): unknown => {
		const parsed = field.isModel
			? compiled.parseTexts({}, [source])
			: compiled.parseText(undefined, [source, name]);
		return parsed instanceof Promise ? parsed.then(take) : take(parsed);
	};
	const tried = give();
	if (tried instanceof Promise) {
		tried.catch(() => {}); // whoever runs it is told
	}
	return give;
}

function needsRequest(
	{ source, key }: ParameterField,
	owner: string | undefined,
): SetupError {
	return new SetupError(
		"VIV_SCOPE",
		owner === undefined
			? `app.scope(): "${key}" is read from a request (${source}), and app.scope() has none; name a dependency.`
			: `app.scope(): "${owner}" needs the ${source} parameter "${key}", but there is no request to read it from; ` +
					"give it a default, or override the dependency that has it.",
	);
}

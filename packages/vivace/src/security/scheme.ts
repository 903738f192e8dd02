import { HTTPException } from "../errors/http-exception.ts";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import type { Request } from "../http/request.ts";
import type { DependencyScope } from "../inject/declaration.ts";
import { Dependency } from "../inject/dependency.ts";
import { markUnverified } from "../inject/security-scopes.ts";

/** Options of every scheme of `vivace/security`. */
export interface SchemeOptions<AutoError extends boolean = boolean> {
	/** Its key in `components.securitySchemes`. Default: the name of FastAPI's class, for instance `HTTPBearer`. */
	readonly schemeName?: string;
	/** About the scheme, for the document; Markdown. */
	readonly description?: string;
	/** `false`: the value of a request without credentials is `undefined`; else it is refused. Default: true. */
	readonly autoError?: AutoError;
	/**
	 * How a request without credentials is refused: 401 with the challenge of the scheme in `WWW-Authenticate`, or 403 without, as FastAPI
	 * did before 0.122. Default: 401. FastAPI, "Use Old 403 Authentication Error Status Codes".
	 */
	readonly status?: 401 | 403;
}

/** The value of a scheme: with `autoError: false` there may be none. */
export type Credentials<
	Value,
	AutoError extends boolean,
> = AutoError extends true ? Value : Value | undefined;

/** Rules of {@link SchemeOptions}. */
export const schemeRules: OptionRules<SchemeOptions> = {
	schemeName: "text",
	description: "text",
	autoError: "boolean",
	status: [401, 403],
};

/** Given by `read` for credentials that no one could have; they are refused also where none would do. */
export const unusable: unique symbol = Symbol("unusable credentials");

/** One kind of scheme: how it is documented, how credentials are read, how their absence is answered. */
export interface SchemeKind<Value> {
	/** The function that makes it, for messages: `httpBasic`. */
	readonly maker: string;
	/** FastAPI's class. */
	readonly name: string;
	/** The security scheme object, without the description. */
	readonly scheme: Readonly<Record<string, unknown>>;
	/** `WWW-Authenticate` of a refusal. */
	readonly challenge: string;
	/** The credentials of a request; `undefined`: there are none. */
	readonly read: (request: Request) => Value | undefined | typeof unusable;
}

/** Makes the dependency that a scheme is. @throws SetupError `VIV_OPTION` */
export function makeScheme<
	Value,
	AutoError extends boolean,
	Options extends SchemeOptions<AutoError>,
>(
	kind: SchemeKind<Value>,
	options: Options,
	rules: OptionRules<Options>,
): Dependency<Credentials<Value, AutoError>> {
	assertOptions(`${kind.maker}()`, options, rules);
	const { autoError = true, description, status = 401 } = options;
	const { challenge, read } = kind;
	const headers = status === 401 ? { "WWW-Authenticate": challenge } : {};
	const call = (_: unknown, request: Request): Value | undefined => {
		const value = read(request);
		if (value === unusable || (value === undefined && autoError)) {
			throw new HTTPException(status, "Not authenticated", { headers });
		}
		return value;
	};
	markUnverified(call);
	const name = options.schemeName ?? kind.name;
	const { type, ...members } = kind.scheme;
	const scheme = { type, description, ...members };
	const security = { name, scheme, isRequired: autoError };
	return new Dependency<unknown, DependencyScope>({}, call, {
		name,
		security,
	}) as Dependency<Credentials<Value, AutoError>>; // as `call` gives them, in request scope
}

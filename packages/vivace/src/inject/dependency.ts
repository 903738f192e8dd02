import {
	assertOptions,
	isRecord,
	type OptionRules,
} from "../errors/options.ts";
import { programPlace } from "../errors/program-stack.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { Request } from "../http/request.ts";
import { noteResource } from "../http/unplaced.ts";
import type {
	Declarations,
	Declared,
	DependencyScope,
	ValuesOf,
} from "./declaration.ts";
import { declarationText } from "./declaration-text.ts";
import { assertLifetimes, type Lived, shortLivedAmong } from "./lifetimes.ts";
import type { LongLived } from "./long-lived.ts";
import { isAppScopedClass } from "./provided.ts";
import { type ResourceOptions, resourceRules } from "./resource-options.ts";
import {
	assertScopeNames,
	type SecurityDeclaration,
	securityRules,
} from "./security-scopes.ts";
import { isPlainDeclaration, undeclaredError } from "./undeclared.ts";

/** Options of {@link dependency}; those of {@link ResourceOptions} apply only to app scope. */
export interface DependencyOptions<
	Scope extends DependencyScope = DependencyScope,
	Value = unknown,
	Optional extends boolean = boolean,
> extends ResourceOptions<Value> {
	/** True when the app may start without it: its value is `undefined` until it is acquired. Default: false. */
	readonly optional?: Optional;
	/**
	 * How long the value lives. `"app"`: acquired before the first request, released after the last one. `"request"`: until the response
	 * has been sent and its background tasks have run. `"function"`: until the handler has returned, before the response is sent.
	 * Default: `"request"`.
	 */
	readonly scope?: Scope;
	/** Its name in messages. Default: the function's name, otherwise its name in the first record, otherwise the line that declares it. */
	readonly name?: string;
	/**
	 * Wraps everything that a request calls after this dependency was created: later dependencies and the handler, also a generator; in
	 * `app.scope({ … }, fn)` the function. It calls `next` once and returns its result. Use it to enter an async context
	 * (`AsyncLocalStorage.run`). Not in app scope. Default: none.
	 */
	readonly around?: (value: Value, next: () => unknown) => unknown;
	/**
	 * Makes it a security scheme: the document lists it for each route that needs it. Not in app scope. Default: none. `vivace/security`
	 * has OpenAPI's schemes.
	 */
	readonly security?: SecurityDeclaration;
}

const dependencyRules: OptionRules<DependencyOptions> = {
	scope: "any", // assertCallable
	name: "text",
	around: "function",
	security: { nested: securityRules },
	...resourceRules,
};

/**
 * The type of the value of a dependency's function: what it returns or resolves to, or, for a generator, what it yields.
 */
export type ProvidedBy<Result> =
	Result extends PromiseLike<unknown>
		? YieldedBy<Awaited<Result>>
		: YieldedBy<Result>;

type YieldedBy<Result> = Result extends
	| AsyncGenerator<infer Value, unknown, unknown>
	| Generator<infer Value, unknown, unknown>
	? Value
	: Result;

/** The function or the class of a dependency. */
type Called<Values, Result> =
	| ((values: Values, request: Request) => Result)
	| (new (
			values: Values,
			request: Request,
	  ) => Result);

/** The value of a resource in a record: perhaps `undefined`, if it is optional. */
type MaybeThere<Value, Optional extends boolean> = true extends Optional
	? Value | undefined
	: Value;

/** Any function that Vivace calls for you: it gets the record's values and, in a request, the request. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters are checked where the function is declared with its record
export type InjectedFunction = (values: any, request?: any) => unknown;

/** A value for the functions that name it in their record: a resource, a database session, a user, the size of a page. */
export class Dependency<Value, Scope extends DependencyScope = "request">
	implements Declared<Value>
{
	declare readonly "~value"?: Value;
	readonly params: Declarations;
	readonly call: InjectedFunction;
	readonly scope: Scope;
	readonly options: DependencyOptions;
	/** The name that it or its function has; may be empty. */
	readonly name: string;
	/** @internal The name under which a record has it first. */
	keyInRecord: string | undefined;
	/** @internal True when something needs it: a record, an app's list of resources. */
	isNamed = false;
	/** @internal Made where it was declared, if nothing there names it. */
	readonly declared: Error | undefined;
	/** @internal */
	readonly shortLived: Lived | undefined;

	/**
	 * @internal What is to be put in its place for another one: of a dependency whose value is reached in other ways too, one that makes these
	 * lead to the other's.
	 */
	declare readonly standIn?: (
		replacement: Dependency<unknown, DependencyScope>,
	) => Dependency<unknown, DependencyScope>;

	constructor(
		params: Declarations,
		call: InjectedFunction,
		options: DependencyOptions,
	) {
		this.params = params;
		this.call = call;
		this.scope = (options.scope ?? "request") as Scope; // the overloads of dependency() tie Scope to the option
		this.options = options;
		this.name = options.name ?? call.name.replace(/^bound /, "");
		this.keyInRecord = undefined;
		this.declared = this.name === "" ? new Error() : undefined;
		this.shortLived = shortLivedAmong(this.scope, neededBy(params));
		if (this.scope === "app") {
			noteResource(this);
		}
	}

	/** @internal How messages name it: by its name, else that in a record, else the line that declares it. */
	get label(): string {
		return (
			this.name ||
			this.keyInRecord ||
			(this.declared && programPlace(this.declared)) ||
			"(unnamed dependency)"
		);
	}
}

/** A dependency with options for one use, made by {@link Depends}. */
export class DependencyUse<
	Value,
	Scope extends DependencyScope = DependencyScope,
> implements Declared<Value>
{
	declare readonly "~value"?: Value;
	/** The scope of the dependency. */
	readonly scope: Scope;
	readonly dependency: Dependency<unknown, DependencyScope>;
	readonly useCache: boolean;
	/** The scopes that this use requires. */
	readonly securityScopes: readonly string[];

	constructor(
		dependency: Dependency<unknown, Scope>,
		useCache: boolean,
		securityScopes: readonly string[] = [],
	) {
		this.scope = dependency.scope;
		this.dependency = dependency;
		this.useCache = useCache;
		this.securityScopes = securityScopes;
	}
}

/** Options of {@link Depends}. */
export interface DependsOptions {
	/** True when the value that the request already has is reused; `false` calls the function again. Default: true. */
	readonly useCache?: boolean;
}

/** A dependency where its use needs options. FastAPI, "Sub-dependencies": using the same dependency multiple times. */
export function Depends<Value, Scope extends DependencyScope>(
	dependency: Dependency<Value, Scope>,
	options: DependsOptions = {},
): DependencyUse<Value, Scope> {
	assertDependency("Depends()", dependency);
	assertOptions("Depends()", options, { useCache: "boolean" });
	return new DependencyUse(dependency, options.useCache ?? true);
}

function assertDependency(where: string, given: unknown): void {
	if (given instanceof Dependency) {
		return;
	}
	const name = typeof given === "function" ? given.name || "fn" : "fn";
	throw new SetupError(
		"VIV_DEPENDENCY",
		`${where}: expected a dependency, got ${declarationText(given)}; make one with dependency(${name})${where === "Security()" ? " or a function of vivace/security" : ""}.`,
	);
}

/**
 * A dependency with the scopes that this use requires: the document lists them, and dependencies below that name `SecurityScopes` get
 * them. A dependency that is used with different scopes is called again, with the same scopes once.
 *
 * @throws SetupError `VIV_OPTION` for an invalid scope, `VIV_DEPENDENCY` for a value that isn't a dependency
 * @see FastAPI, "OAuth2 scopes"
 */
export function Security<Value, Scope extends DependencyScope>(
	dependency: Dependency<Value, Scope>,
	scopes: readonly string[] = [],
	options: DependsOptions = {},
): DependencyUse<Value, Scope> {
	assertDependency("Security()", dependency);
	assertScopeNames(`Security("${dependency.label}")`, scopes);
	assertOptions("Security()", options, { useCache: "boolean" });
	return new DependencyUse(dependency, options.useCache ?? true, [...scopes]);
}

/**
 * Declares a dependency: a function and the record of what it needs. The function may return the value or a promise of it, or be a
 * generator that yields the value once and then cleans up. It may also be a class, whose instance is the value.
 *
 * The function is called once per request (in app scope once in all), however many functions name the dependency.
 *
 * @throws SetupError `VIV_SCOPE` when it needs a dependency that lives shorter than itself; `VIV_DEPENDENCY` when it isn't a function
 * @see FastAPI, "Dependencies" and "Dependencies with yield"
 */
export function dependency<
	Result,
	Scope extends DependencyScope = "request",
	Optional extends boolean = false,
>(
	call: Called<Readonly<Record<never, never>>, Result>,
	options?: DependencyOptions<Scope, ProvidedBy<Result>, Optional>,
): Dependency<MaybeThere<ProvidedBy<Result>, Optional>, NoInfer<Scope>>;
export function dependency<
	Params extends Declarations,
	Result,
	Scope extends DependencyScope = "request",
	Optional extends boolean = false,
>(
	params: Params & LongLived<Params, Scope, Result>,
	call: Called<ValuesOf<Params>, Result>,
	options?: DependencyOptions<Scope, ProvidedBy<Result>, Optional>,
): Dependency<MaybeThere<ProvidedBy<Result>, Optional>, NoInfer<Scope>>; // last, so that its sentences are those that are shown
export function dependency(
	first: unknown,
	second?: unknown,
	third?: unknown,
	// biome-ignore lint/suspicious/noExplicitAny: the overloads above are what callers see
): any {
	const [params, call, options = {}] = (
		typeof first === "function" ? [{}, first, second] : [first, second, third]
	) as [Declarations, InjectedFunction, DependencyOptions?]; // checked right below
	assertCallable(params, call, options);
	const made = new Dependency<unknown, DependencyScope>(params, call, options);
	assertScopes(made);
	return made;
}

function assertCallable(
	params: unknown,
	call: unknown,
	options: DependencyOptions,
): void {
	if (typeof options !== "object" || options === null) {
		assertOptions("dependency()", options, dependencyRules);
	}
	if (typeof call !== "function") {
		throw new SetupError(
			"VIV_DEPENDENCY",
			`dependency(): expected a function or a class${options.name ? ` for "${options.name}"` : ""}, got ${describe(call)}; ` +
				"write dependency(fn) or dependency({ … }, fn).",
		);
	}
	if (!isRecord(params)) {
		throw new SetupError(
			"VIV_DEPENDENCY",
			`dependency(): expected a record of parameters before ${call.name === "" ? "the function" : `"${call.name}"`}, got ${declarationText(params)}.`,
		);
	}
	const name = options.name || call.name;
	const where = name === "" ? "dependency()" : `dependency "${name}"`;
	assertOptions(where, options, dependencyRules);
	assertDeclarations(where, params);
	const scopes: readonly unknown[] = ["app", "request", "function", undefined];
	if (!scopes.includes(options.scope)) {
		throw new SetupError(
			"VIV_OPTION",
			`${where}: scope must be "app", "request" or "function", got ${describe(options.scope)}.`,
		);
	}
}

function assertDeclarations(where: string, params: object): void {
	for (const [key, value] of Object.entries(params)) {
		if (dependencyOf(value) !== undefined || isPlainDeclaration(value)) {
			continue;
		}
		const isOption =
			Object.hasOwn(dependencyRules, key) && typeof value !== "function";
		throw undeclaredError(
			where,
			key,
			value,
			isOption ? "; options come last: dependency(fn, { … })" : undefined,
		);
	}
}

/** A dependency may only need what lives at least as long as itself. */
function assertScopes(made: Dependency<unknown, DependencyScope>): void {
	assertLifetimes(made, neededBy(made.params));
	if (made.scope !== "app") {
		return;
	}
	if (made.options.security !== undefined) {
		throw new SetupError(
			"VIV_OPTION",
			`dependency "${made.label}": a security scheme reads each request, which is not there in app scope; give it request scope.`,
		);
	}
	if (made.options.around !== undefined) {
		throw new SetupError(
			"VIV_OPTION",
			`dependency "${made.label}": around wraps what a request calls, which is not there in app scope; leave it out, or give it another scope.`,
		);
	}
	for (const [name, declaration] of Object.entries(made.params)) {
		if (
			dependencyOf(declaration) !== undefined ||
			isAppScopedClass(declaration)
		) {
			continue;
		}
		throw new SetupError(
			"VIV_SCOPE",
			`"${made.label}" (app scope) needs "${name}", which is read from a request, but it is acquired before ` +
				"the first one; give it request scope, or read the value from settings.",
		);
	}
}

function neededBy(params: Declarations): readonly Lived[] {
	return Object.entries(params).flatMap(([key, declaration]) => {
		const needed = dependencyOf(declaration);
		if (needed === undefined) {
			return [];
		}
		needed.keyInRecord ??= key;
		needed.isNamed = true;
		const { label, scope, shortLived } = needed;
		return [{ label, scope, shortLived }];
	});
}

/** The dependency that a declaration stands for; `undefined` for anything else. */
export function dependencyOf(
	declaration: unknown,
): Dependency<unknown, DependencyScope> | undefined {
	if (declaration instanceof Dependency) {
		return declaration;
	}
	if (declaration instanceof DependencyUse) {
		return declaration.dependency;
	}
	return undefined;
}

function describe(value: unknown): string {
	if (value === null) {
		return "null";
	}
	return typeof value === "string" ? JSON.stringify(value) : typeof value;
}

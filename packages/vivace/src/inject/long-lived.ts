import type { DependencyScope } from "./declaration.ts";

/**
 * Refuses in a dependency's record, with sentences that the compiler shows, those that are gone before it. App scope needs app scope; a
 * generator of request scope can't need function scope, for that is gone when it cleans up (a plain function can, as in FastAPI).
 */
export type LongLived<Params, Scope extends DependencyScope, Result> = [
	Scope,
] extends ["app"]
	? { readonly [Name in keyof Params]: InAppScope<Params[Name], Name & string> }
	: [Scope] extends ["request"]
		? IsGenerator<Result> extends true
			? {
					readonly [Name in keyof Params]: InRequestScope<
						Params[Name],
						Name & string
					>;
				}
			: unknown
		: unknown;

type InAppScope<Source, Name extends string> = Source extends {
	readonly scope: infer Scope extends DependencyScope;
}
	? [Scope] extends ["app"]
		? unknown
		: `"${Name}" has ${Scope} scope and is gone before this dependency; give "${Name}" scope: "app", or this one scope: "${Scope}"`
	: `"${Name}" is read from a request, but this dependency is made before the first; give it scope: "request"`;

type InRequestScope<Source, Name extends string> = Source extends {
	readonly scope: "function";
}
	? `"${Name}" has function scope and is gone before this dependency cleans up; give this one scope: "function"`
	: unknown;

type IsGenerator<Result> = [Result] extends [PromiseLike<infer Later>]
	? IsGenerator<Later>
	: [
				Extract<
					Result,
					| AsyncGenerator<unknown, unknown, never>
					| Generator<unknown, unknown, never>
				>,
			] extends [never]
		? false
		: true;

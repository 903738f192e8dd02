import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Request } from "../http/request.ts";
import type { Response } from "../http/response.ts";
import type { AppScopedClass, ProvidedClass } from "./provided.ts";
import type { SecurityScopes } from "./security-scopes.ts";

/**
 * Anything that gives a function one value of the type `Value`. The member carries the type alone; there is none at run time.
 */
export interface Declared<Value> {
	readonly "~value"?: Value;
}

/** An entry of a record of parameters: a schema, a parameter, a dependency, or a class that Vivace knows. */
export type Declaration =
	| StandardSchemaV1
	| Declared<unknown>
	| typeof Request
	| typeof Response
	| typeof SecurityScopes
	| ProvidedClass<unknown>
	| AppScopedClass<unknown>;

/** A record: what a function needs, by the names under which it gets the values. */
export type Declarations = Readonly<Record<string, Declaration>>;

/** The type of the value of one declaration. */
export type ValueOf<Source> = Source extends {
	readonly "~standard": { readonly types?: infer Types };
}
	? NonNullable<Types>["output" & keyof NonNullable<Types>]
	: Source extends abstract new (
				...args: never[]
			) => infer Instance
		? Source extends { readonly "~instance": infer Own }
			? Own // of a generic class, whose own type parameters would be unknown
			: Instance
		: Source extends { readonly "~value"?: infer Value }
			? Value
			: never;

/** The record that a function with `Params` gets. */
export type ValuesOf<Params> = {
	readonly [Name in keyof Params]: ValueOf<Params[Name]>;
};

/** How long a dependency's value lives: with the app, until the response has been sent, or until the handler has returned. */
export type DependencyScope = "app" | "request" | "function";

/** Refuses in the record of `app.scope()`, with a sentence, parameters that only a request can give. */
export type WithoutRequest<Params> = {
	readonly [Name in keyof Params]: IsFromRequest<Params[Name]> extends true
		? `"${Name & string}" is read from a request, and app.scope() has none; name a dependency`
		: unknown;
};

type IsFromRequest<Source> = Source extends {
	readonly "~standard": { readonly types?: infer Types };
}
	? undefined extends NonNullable<Types>["input" & keyof NonNullable<Types>]
		? false
		: true
	: Source extends typeof Request | typeof Response
		? true
		: Source extends {
					readonly source: string;
					readonly schema: StandardSchemaV1;
				}
			? true
			: false;

/** The second argument of a function in `app.scope()`. */
export interface ScopeSignal {
	/** Aborted with reason `"shutdown"` when the app is about to stop. End long jobs then, because the app waits for them. */
	readonly signal: AbortSignal;
}

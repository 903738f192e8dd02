import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Request } from "../http/request.ts";
import type { Response } from "../http/response.ts";
import type { Declarations, ValuesOf } from "../inject/declaration.ts";
import type {
	PathPlaceholders,
	PlaceholderName,
	PlaceholderValue,
} from "../routing/path-template.ts";
import type { RouteOptions } from "./path-operation.ts";

/** The values that a handler receives: those that it declares, and as text the names of the path beside them. */
export type HandlerValues<
	Path extends string,
	Params,
	OuterNames extends string = never,
> = ValuesOf<Params> & {
	readonly [Placeholder in PathPlaceholders<Path, OuterNames> as Exclude<
		PlaceholderName<Placeholder>,
		keyof Params
	>]: PlaceholderValue<Placeholder>;
};

/** The values of a handler without a record of parameters: the names of its path, as text. */
type PathValues<Path extends string, OuterNames extends string> = {
	readonly [Placeholder in PathPlaceholders<
		Path,
		OuterNames
	> as PlaceholderName<Placeholder>]: PlaceholderValue<Placeholder>;
};

/** The names in a router's prefix; none where that is known at run time alone. */
export type PrefixNames<Prefix extends string> = string extends Prefix
	? never
	: PathPlaceholders<Prefix>;

/** Results that leave as they are: a response of ours or of the runtime. */
type Sent = Response | globalThis.Response;

/** A value that `response` takes: what the schema gives, or what it makes that of. */
export type Sendable<Schema> = [Schema] extends [StandardSchemaV1]
	? [Schema] extends [Renaming]
		? Frozen<StandardSchemaV1.InferOutput<Schema>>
		: [StandardSchemaV1.InferOutput<Schema>] extends [
					StandardSchemaV1.InferInput<Schema>,
				]
			? Frozen<StandardSchemaV1.InferInput<Schema>>
			:
					| Frozen<StandardSchemaV1.InferInput<Schema>>
					| Frozen<StandardSchemaV1.InferOutput<Schema>>
	: unknown;

/** A schema with aliases takes fields by their own names: those on the wire are for the wire. */
interface Renaming {
	readonly "~renames": true;
}

/** A value that is only read, with all that is in it, so that a constant fits. */
type Frozen<Value> = unknown extends Value
	? unknown
	: Value extends Atom
		? Value
		: Value extends readonly (infer Item)[]
			? Item[] extends Value
				? readonly Frozen<Item>[] // mapped by its members, a list within itself would never end
				: { readonly [Name in keyof Value]: Frozen<Value[Name]> }
			: { readonly [Name in keyof Value]: Frozen<Value[Name]> };

type Atom =
	| string
	| number
	| bigint
	| boolean
	| symbol
	| null
	| undefined
	| Date
	| ((...values: never) => unknown);

/**
 * The answers that a handler may return for a `Result`: that, a response as it is, or a generator of such values, which are
 * sent as a stream.
 */
export type HandlerAnswer<Result> =
	| Result
	| Sent
	| AsyncIterable<Result>
	| Generator<Result, unknown, unknown>
	| Promise<Result | Sent>;

/** Without a schema. Beside the other answers rather than around them: within a condition the compiler looks for no literals. */
type Anything<Schema> = [Schema] extends [undefined] ? unknown : never;

/**
 * Publishes path operations, see its call signatures.
 *
 * @typeParam State the type of `request.state`
 * @typeParam OuterNames the names in the router's prefix, which its handlers receive too
 */
export interface Register<State, OuterNames extends string = never> {
	/**
	 * Publishes a path operation that reads nothing but the names in its path.
	 *
	 * @param where a path, or an object with `path` and options
	 * @param handler gets the path's texts by name and the request; what it returns is the answer
	 * @throws SetupError `VIV_PATH` or `VIV_ROUTE` when the declaration is wrong, or the app has started
	 * @example
	 * ```ts
	 * import { App } from "vivace";
	 *
	 * const app = new App();
	 *
	 * app.get("/hello/{name}", ({ name }) => ({ hello: name }));
	 * ```
	 */
	<
		const Path extends string,
		const Result extends Sendable<Schema>,
		Schema extends StandardSchemaV1 | undefined = undefined,
	>(
		where: Path | RouteOptions<Path, Schema>,
		handler: (
			values: PathValues<Path, OuterNames>,
			request: Request<State>,
		) => HandlerAnswer<Result> | Anything<Schema>,
	): void;
	/**
	 * Publishes a path operation: where, what it needs, and the function that receives that.
	 *
	 * @param where a path, or an object with `path` and options such as `response` and `status`
	 * @param params the parameters by name: schemas, `Query(…)` and its kin, dependencies, classes that Vivace knows
	 * @param handler gets their values (and, as text, what the path names beside them) and the request; what it returns is the answer
	 * @throws SetupError `VIV_PATH`, `VIV_PARAMETER`, `VIV_DEPENDENCY`, `VIV_SCOPE` or `VIV_ROUTE` when the declaration is wrong, or the
	 * app has started
	 * @example
	 * ```ts
	 * import { App } from "vivace";
	 * import { z } from "zod";
	 *
	 * const app = new App();
	 * const Item = z.object({ id: z.int(), size: z.enum(["small", "large"]) });
	 *
	 * app.get({ path: "/items/{id}", response: Item }, { id: z.int() }, ({ id }) => ({ id, size: "small" }));
	 * ```
	 * @see FastAPI, "Path Parameters", "Query Parameters" and "Response Model"
	 */
	<
		const Path extends string,
		Params extends Declarations,
		const Result extends Sendable<Schema>,
		Schema extends StandardSchemaV1 | undefined = undefined,
	>(
		where: Path | RouteOptions<Path, Schema>,
		params: Params,
		handler: (
			values: HandlerValues<Path, Params, OuterNames>,
			request: Request<State>,
		) => HandlerAnswer<Result> | Anything<Schema>,
	): void;
}

/**
 * {@link Register} for several methods at once. It repeats that interface on purpose: one that takes the methods as a type parameter, or
 * a handler type with a name, costs 22 and 12 instantiations more for every route.
 */
export interface RegisterMethods<State, OuterNames extends string = never> {
	/** As {@link Register}'s, for each of the methods. */
	<
		const Path extends string,
		const Result extends Sendable<Schema>,
		Schema extends StandardSchemaV1 | undefined = undefined,
	>(
		methods: readonly string[],
		where: Path | RouteOptions<Path, Schema>,
		handler: (
			values: PathValues<Path, OuterNames>,
			request: Request<State>,
		) => HandlerAnswer<Result> | Anything<Schema>,
	): void;
	/** As {@link Register}'s, for each of the methods. */
	<
		const Path extends string,
		Params extends Declarations,
		const Result extends Sendable<Schema>,
		Schema extends StandardSchemaV1 | undefined = undefined,
	>(
		methods: readonly string[],
		where: Path | RouteOptions<Path, Schema>,
		params: Params,
		handler: (
			values: HandlerValues<Path, Params, OuterNames>,
			request: Request<State>,
		) => HandlerAnswer<Result> | Anything<Schema>,
	): void;
}

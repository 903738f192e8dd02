import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Request } from "../http/request.ts";
import type { Response } from "../http/response.ts";
import type { Declarations, ValuesOf } from "../inject/declaration.ts";
import type { PathNames } from "../routing/path-template.ts";
import type { RouteOptions } from "./path-operation.ts";

/** What a handler receives: its declared values, and as text what the path names beside them. */
export type HandlerValues<Path extends string, Params> = ValuesOf<Params> & {
	readonly [Name in Exclude<PathNames<Path>, keyof Params>]: string;
};

/**
 * What a handler may return when `response` is `Schema`: a value that it accepts, a response as it is, or a generator of such values,
 * which are sent as a stream.
 */
export type HandlerResult<Schema> = [Schema] extends [StandardSchemaV1]
	?
			| Encodable<Schema>
			| Response
			| globalThis.Response
			| AsyncIterable<Encodable<Schema>>
			| Generator<Encodable<Schema>, unknown>
	: unknown;

type Encodable<Schema extends StandardSchemaV1> =
	| StandardSchemaV1.InferInput<Schema>
	| StandardSchemaV1.InferOutput<Schema>;

/** A path operation's function; it may be asynchronous, or a generator. */
export type Handler<Values, State, Schema> = (
	values: Values,
	request: Request<State>,
) => HandlerResult<Schema> | Promise<HandlerResult<Schema>>;

/** What a handler without a record of parameters receives: what its path names, as text. */
type PathValues<Path extends string> = {
	readonly [Name in PathNames<Path>]: string;
};

/**
 * Publishes a path operation: where (a path, or an object with `path` and options), the record of parameters, the handler. With no
 * parameters the record is left out.
 *
 * @throws SetupError when the declaration is wrong: `VIV_PATH`, `VIV_PARAMETER`, `VIV_DEPENDENCY`, `VIV_SCOPE`, `VIV_ROUTE`
 */
export interface Register<State> {
	<
		const Path extends string,
		Schema extends StandardSchemaV1 | undefined = undefined,
	>(
		where: Path | RouteOptions<Path, Schema>,
		handler: Handler<PathValues<Path>, State, Schema>,
	): void;
	<
		const Path extends string,
		Params extends Declarations,
		Schema extends StandardSchemaV1 | undefined = undefined,
	>(
		where: Path | RouteOptions<Path, Schema>,
		params: Params,
		handler: Handler<HandlerValues<Path, Params>, State, Schema>,
	): void;
}

/** {@link Register} for several methods at once. */
export interface RegisterMethods<State> {
	<
		const Path extends string,
		Schema extends StandardSchemaV1 | undefined = undefined,
	>(
		methods: readonly string[],
		where: Path | RouteOptions<Path, Schema>,
		handler: Handler<PathValues<Path>, State, Schema>,
	): void;
	<
		const Path extends string,
		Params extends Declarations,
		Schema extends StandardSchemaV1 | undefined = undefined,
	>(
		methods: readonly string[],
		where: Path | RouteOptions<Path, Schema>,
		params: Params,
		handler: Handler<HandlerValues<Path, Params>, State, Schema>,
	): void;
}

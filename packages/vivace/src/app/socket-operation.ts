import type { StandardSchemaV1 } from "@standard-schema/spec";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { isToken } from "../http/token.ts";
import type { DependencyGraph } from "../inject/graph.ts";
import type { PathTemplate } from "../routing/path-template.ts";
import { isSchema } from "../schema/standard-schema.ts";
import {
	type AllowedOrigins,
	assertOrigins,
	originsMistake,
} from "../websocket/allowed-origins.ts";
import {
	type SocketLimits,
	socketLimitRules,
} from "../websocket/socket-limits.ts";
import type { OnInvalid } from "../websocket/web-socket.ts";
import { type CompileContext, operationGraph } from "./compile.ts";
import {
	type Declared,
	declareOperation,
	resolveOperation,
	type Surroundings,
} from "./declared-operation.ts";
import { assertForm, plainSocketForm, socketForm } from "./function-form.ts";
import {
	type DeclaredOperation,
	dependenciesRule,
	type EffectDependency,
	type PathOperation,
} from "./path-operation.ts";

/**
 * Where and how a socket is published.
 *
 * @typeParam Path the template's text, from which the names of the path parameters are read
 * @typeParam Receives what its messages must fit
 * @typeParam Sends what is sent must fit
 */
export interface SocketOptions<
	Path extends string = string,
	Receives extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined,
	Sends extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined,
> {
	readonly path: Path;
	/** Default: the handler's name. */
	readonly name?: string;
	/** Dependencies that are made before the handler's own, for their effect; outer ones first. */
	readonly dependencies?: readonly EffectDependency[];
	/** True when it may be opened without credentials, where the app's `requireSecurity` says that nothing may. Default: false. */
	readonly public?: boolean;
	/** Reads and validates each message, as a JSON body. Default: messages are texts and bytes. */
	readonly receives?: Receives;
	/** Validates what `send` is given, drops what it does not name, and writes it as JSON. */
	readonly sends?: Sends;
	/** The fate of a message that does not fit `receives`, see `MessagesOptions`. Default: `"close"`. */
	readonly onInvalid?: OnInvalid;
	/** The subprotocols that the handler speaks; the first that the client offers is agreed on. Default: none. */
	readonly subprotocols?: readonly string[];
	/** Whose pages may open it. Default: the app's `sockets.allowedOrigins`, `"any"`. */
	readonly allowedOrigins?: AllowedOrigins;
	/** How much is taken; of each member the route's counts before the app's. */
	readonly limits?: SocketLimits;
}

const socketRules: OptionRules<SocketOptions> = {
	path: { required: "text" },
	name: "text",
	dependencies: dependenciesRule,
	public: "boolean",
	receives: "any", // assertSchema
	sends: "any",
	onInvalid: ["close", "report"],
	subprotocols: protocolsMistake,
	allowedOrigins: originsMistake,
	limits: { nested: socketLimitRules },
};

/** RFC 6455 §4.1: each is a token. */
function protocolsMistake(value: unknown): string | undefined {
	return Array.isArray(value) && value.every(isToken)
		? undefined
		: 'a list of tokens such as "chat.v2"';
}

/** The arguments of `app.websocket`: where, the record of parameters (or not), the handler. */
export type DeclaredSocketArguments = readonly [
	string | SocketOptions,
	...(readonly unknown[]),
];

/** A socket as it was declared. */
export interface DeclaredSocket {
	readonly operation: DeclaredOperation;
	readonly options: SocketOptions;
}

/** A socket with what the routers around it add. */
export interface SocketOperation {
	/** Whose handshakes are answered as a path operation's requests are. */
	readonly operation: PathOperation;
	readonly options: SocketOptions;
}

/** How its messages begin, as FastAPI's do: `WS /rooms/{room}`. */
const method = "WS";

/** @throws SetupError `VIV_ROUTE` when something is missing, `VIV_OPTION`, `VIV_SCHEMA` */
export function declareSocket(
	declared: DeclaredSocketArguments,
): DeclaredSocket {
	const [where, ...rest] = declared;
	if (typeof where === "string" || where === null || where === undefined) {
		const operation = declareOperation([method], declared as Declared); // it checks them
		return { operation, options: { path: operation.options.path } };
	}
	const name = `${method} ${where.path}`;
	assertOptions(name, where, socketRules);
	assertOrigins(name, where.allowedOrigins);
	for (const member of ["receives", "sends"] as const) {
		if (where[member] !== undefined && !isSchema(where[member])) {
			throw new SetupError(
				"VIV_SCHEMA",
				`${name}: ${member} is no schema; give it one, such as z.object({ … }).`,
			);
		}
	}
	const { path, name: ownName, dependencies, public: isPublic } = where;
	const options = {
		path,
		...(ownName !== undefined && { name: ownName }),
		...(dependencies !== undefined && { dependencies }),
		...(isPublic !== undefined && { public: isPublic }),
	};
	const whole = [options, ...rest] as unknown as Declared; // it checks them
	return { operation: declareOperation([method], whole), options: where };
}

/** A socket with what the routers around it add. */
export function placeSocket(
	{ operation, options }: DeclaredSocket,
	surroundings: Surroundings,
	toTemplate?: (path: string) => PathTemplate,
): SocketOperation {
	return {
		operation: resolveOperation(operation, surroundings, toTemplate),
		options,
	};
}

/**
 * Finds mistakes where they are written.
 * @throws SetupError for what is not a parameter or a dependency, for a body, and for a handler of another form
 */
export function checkSocket(socket: SocketOperation): void {
	const { operation } = socket;
	socketGraph(socket);
	const hasValues =
		operation.template.names.length > 0 ||
		Object.keys(operation.params).length > 0;
	assertForm(
		`${operation.where}: the handler`,
		operation.handler,
		hasValues ? socketForm : plainSocketForm,
	);
}

/**
 * The graph of a socket.
 * @throws SetupError `VIV_PARAMETER` for what is read from a body, which a handshake has not
 */
export function socketGraph(
	{ operation }: SocketOperation,
	place?: Pick<CompileContext, "overrides" | "outerNames">,
): DependencyGraph {
	const graph = operationGraph(operation, place, true);
	const [field] = graph.body;
	if (field !== undefined) {
		throw new SetupError(
			"VIV_PARAMETER",
			`${operation.where}: "${field.key}" is read from a body, and a socket's handshake has none; read it from the query with Query(), or from a message with socket.messages(schema).`,
		);
	}
	return graph;
}

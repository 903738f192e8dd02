import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Declarations } from "../inject/declaration.ts";
import type { WebSocket } from "../websocket/web-socket.ts";
import type { HandlerValues } from "./register.ts";
import type { SocketOptions } from "./socket-operation.ts";

/** A message as the handler gets it. */
type Received<Schema> = [Schema] extends [StandardSchemaV1]
	? StandardSchemaV1.InferOutput<Schema>
	: string | Uint8Array;

/** A value that the handler may send. */
type Sent<Schema> = [Schema] extends [StandardSchemaV1]
	? StandardSchemaV1.InferInput<Schema> | StandardSchemaV1.InferOutput<Schema>
	: unknown;

/**
 * Publishes sockets, see its call signatures.
 *
 * @typeParam State the type of `request.state`
 * @typeParam OuterNames the names in the router's prefix, which its handlers receive too
 */
export interface RegisterSocket<State, OuterNames extends string = never> {
	/**
	 * Publishes a socket that reads nothing but the names in its path.
	 *
	 * @param where a path, or an object with `path` and options such as `receives`, `sends` and `limits`
	 * @param handler gets the path's texts by name, and the socket; when it returns, the socket is closed with 1000
	 * @throws SetupError `VIV_PATH`, `VIV_ROUTE` or `VIV_OPTION` when the declaration is wrong, or the app has started
	 * @example
	 * ```ts
	 * import { App } from "vivace";
	 *
	 * const app = new App();
	 * app.websocket("/echo", async (_values, socket) => {
	 * 	for await (const message of socket) await socket.send(message);
	 * });
	 * ```
	 * @see FastAPI, "WebSockets"
	 */
	<
		const Path extends string,
		Receives extends StandardSchemaV1 | undefined = undefined,
		Sends extends StandardSchemaV1 | undefined = undefined,
	>(
		where: Path | SocketOptions<Path, Receives, Sends>,
		handler: (
			values: HandlerValues<Path, Record<never, never>, OuterNames>,
			socket: WebSocket<Received<Receives>, Sent<Sends>, State>,
		) => unknown,
	): void;
	/**
	 * Publishes a socket: where, what it needs, and the function that receives that. Parameters are read and dependencies made before the
	 * handshake is answered; what is wrong with them refuses it.
	 *
	 * @param where a path, or an object with `path` and options such as `receives`, `sends` and `limits`
	 * @param params the parameters by name, as for a path operation, but none that is read from a body
	 * @param handler gets their values, and the socket; request scope lives as long as that
	 * @throws SetupError `VIV_PATH`, `VIV_PARAMETER`, `VIV_DEPENDENCY`, `VIV_SCOPE`, `VIV_ROUTE` or `VIV_OPTION` when the declaration is
	 * wrong, or the app has started
	 * @example
	 * ```ts
	 * import { App, Query } from "vivace";
	 * import { z } from "zod";
	 *
	 * const app = new App();
	 * const Say = z.object({ text: z.string().max(2000) });
	 *
	 * app.websocket({ path: "/rooms/{room}", receives: Say }, { name: Query(z.string()) }, async ({ room, name }, socket) => {
	 * 	for await (const { text } of socket) await socket.sendText(`${name} in ${room}: ${text}`);
	 * });
	 * ```
	 */
	<
		const Path extends string,
		Params extends Declarations,
		Receives extends StandardSchemaV1 | undefined = undefined,
		Sends extends StandardSchemaV1 | undefined = undefined,
	>(
		where: Path | SocketOptions<Path, Receives, Sends>,
		params: Params,
		handler: (
			values: HandlerValues<Path, Params, OuterNames>,
			socket: WebSocket<Received<Receives>, Sent<Sends>, State>,
		) => unknown,
	): void;
}

/** The route that takes a request: what metrics, logs and traces label it by. */
export interface MatchedRoute {
	/** Its path template, through prefixes and mounts, without converters: `/sub/items/{item_id}`. */
	readonly path: string;
	/** The path operation's or the mount's name; empty where it has none. */
	readonly name: string;
	/** Upper case; empty for a mount, which takes all, and for a socket. */
	readonly methods: readonly string[];
	readonly tags: readonly string[];
	/** A path operation answers, something mounted that is no app of ours, a front end, or it is a socket. */
	readonly kind: "operation" | "mount" | "frontend" | "socket";
}

/**
 * The values that handlers get of path types of one's own. Declare yours by declaration merging:
 * `declare module "vivace/routing" { interface PathTypes { date: Date } }`; what is not declared is `unknown`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: programs add to it
export interface PathTypes {}

/** A value of a path parameter, from which a path is made. */
export type PathValue =
	| string
	| number
	| bigint
	| boolean
	| PathTypes[keyof PathTypes];

/** The port of a {@link Request} to the routes of its app. */
export interface RequestRoutes {
	match(asked: AskedRoute): MatchedRoute | undefined;
	/** Where the route with this name is, from where the outermost app is served. */
	addressFor(
		name: string,
		values: Readonly<Record<string, PathValue>>,
	): RouteAddress;
}

/** The host, path and method that a request asks for. */
export interface AskedRoute {
	readonly method: string;
	/** As sent, behind the prefix of a proxy or a mount. */
	readonly path: string;
	/** The header `Host`. */
	readonly host: string | undefined;
	/** True for the handshake of a socket, whose routes are others. */
	readonly isSocket: boolean;
}

/** Where a route is found. */
export interface RouteAddress {
	/** Percent-encoded. */
	readonly path: string;
	/** `undefined` where every host has it; with its port only if that was declared. */
	readonly host: string | undefined;
	/** True for a socket, whose URL begins with `ws`. Default: false. */
	readonly isSocket?: boolean;
}

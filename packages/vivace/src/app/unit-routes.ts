import type {
	AskedRoute,
	MatchedRoute,
	PathValue,
	RequestRoutes,
	RouteAddress,
} from "../http/matched-route.ts";
import { RouteTable } from "../routing/route-table.ts";
import { encodePath } from "../routing/url-path.ts";
import { FrontRoutes } from "./front-routes.ts";
import type { MountSite } from "./mount-site.ts";
import type { Route } from "./route.ts";
import { addressFor, addressIfNamed, type NamedRoutes } from "./route-names.ts";
import type { SocketRoute } from "./socket-route.ts";

/** The route of one host. */
export interface HostRoute {
	readonly site: MountSite;
	readonly route: Route;
	readonly socketRoute: SocketRoute | undefined;
}

/** The routes of one app of an assembly: found by requests, made addresses of by their names. */
export class UnitRoutes implements RequestRoutes {
	readonly table: RouteTable<Route>;
	/** Those of handshakes. */
	readonly sockets: RouteTable<SocketRoute>;
	/** Asked before the table. */
	readonly hosts: HostRoute[];
	/** Asked after the table. */
	readonly fronts: FrontRoutes;
	/** Where the app is mounted in the outermost one, encoded, without a final slash. */
	readonly path: string;
	readonly #names: NamedRoutes;
	readonly #outermost: UnitRoutes;

	/** @param path decoded */
	constructor(names: NamedRoutes, path: string, outermost?: UnitRoutes) {
		this.table = new RouteTable<Route>();
		this.sockets = new RouteTable<SocketRoute>();
		this.hosts = [];
		this.fronts = new FrontRoutes();
		this.path = encodePath(path);
		this.#names = names;
		this.#outermost = outermost ?? this;
	}

	/** The same routes, where a request has found them. */
	at(path: string): RequestRoutes & Pick<UnitRoutes, "path"> {
		return {
			path,
			match: (asked) => this.match(asked),
			addressFor: (name, values) => this.addressFor(name, values, path),
		};
	}

	/** Of what is mounted the innermost route. */
	match(asked: AskedRoute): MatchedRoute | undefined {
		for (const { site, route } of this.hosts) {
			const texts = site.hostTexts(asked.host);
			if (texts !== undefined) {
				return route.match(asked, texts);
			}
		}
		const table: RouteTable<Pick<Route, "match">> = asked.isSocket
			? this.sockets
			: this.table;
		const found = table.find(asked.method, asked.path);
		if (found.kind === "found") {
			return found.value.match(asked, found.texts);
		}
		const isRead = asked.method === "GET" || asked.method === "HEAD";
		return found.kind === "none" && isRead && !asked.isSocket
			? this.fronts.find(asked.path)?.matched
			: undefined;
	}

	addressFor(
		name: string,
		values: Readonly<Record<string, PathValue>>,
		path: string = this.path,
	): RouteAddress {
		const outermost = this.#outermost;
		if (outermost !== this) {
			const address = addressIfNamed(outermost.#names, name, values);
			if (address !== undefined) {
				return address;
			}
		}
		const own = addressFor(this.#names, name, values);
		return { ...own, path: path + own.path };
	}
}

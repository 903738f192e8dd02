import { SetupError } from "../errors/setup-error.ts";
import { resolveLimits } from "../http/limits.ts";
import type { RequestContext } from "../http/request.ts";
import {
	buildGraph,
	type DependencyGraph,
	type Replacements,
} from "../inject/graph.ts";
import type { ResourceNode } from "../lifespan/resource.ts";
import { SocketCount } from "../websocket/socket-count.ts";
import { resolveSocketLimits } from "../websocket/socket-limits.ts";
import { type AppParts, isAppParts, namedRoutes } from "./app-parts.ts";
import { operationGraph } from "./compile.ts";
import { expected } from "./dispatch.ts";
import type { PlacedFrontend } from "./frontend.ts";
import { healthPaths } from "./health.ts";
import type { ForeignTarget } from "./mount.ts";
import type { MountSite } from "./mount-site.ts";
import { nestedOverrides } from "./overrides.ts";
import type { OwnedLifespan } from "./owned-lifespan.ts";
import type { PathOperation } from "./path-operation.ts";
import { assertSecured } from "./require-security.ts";
import type { Resources } from "./resources.ts";
import { type SocketOperation, socketGraph } from "./socket-operation.ts";
import { UnitRoutes } from "./unit-routes.ts";

/** One app of an assembly: the outermost, or one that is mounted. */
export interface Unit {
	readonly parts: AppParts;
	/** Where it is mounted, without a final slash, parameters in braces; empty for the outermost. */
	readonly path: string;
	/** The names in the paths and hosts of the mounts around, outermost first. */
	readonly outerNames: readonly string[];
	readonly overrides: Replacements;
	/** The graph that each of its path operations reaches, as it is built. */
	readonly graphs: ReadonlyMap<PathOperation, DependencyGraph>;
	/** The graph that each of its sockets reaches. */
	readonly socketGraphs: ReadonlyMap<SocketOperation, DependencyGraph>;
	/** Where its sockets are counted: its own, and those of the apps that it is mounted in. */
	readonly socketCounts: readonly SocketCount[];
	/** The graph that each of its front ends reaches. */
	readonly frontGraphs: ReadonlyMap<PlacedFrontend, DependencyGraph>;
	readonly lifespans: readonly {
		readonly name: string;
		readonly node: ResourceNode;
	}[];
	readonly mounts: readonly {
		readonly site: MountSite;
		readonly unit: Unit | ForeignTarget;
	}[];
	readonly routes: UnitRoutes;
	/** The context of its requests; changes when the server has said where it stands. */
	context: RequestContext;
}

/** The units of an app and of what is mounted in it, and what they add to the resources. */
export class Units {
	readonly outermost: Unit;
	/** The outermost first. */
	readonly all: Unit[] = [];
	readonly #resources: Resources;
	readonly #lifespanNodes = new Map<object, ResourceNode>();

	/** @throws SetupError for whatever of the declarations does not fit together */
	constructor(parts: AppParts, resources: Resources) {
		this.#resources = resources;
		assertSecured(parts);
		this.outermost = this.#add(parts, undefined, undefined);
	}

	/**
	 * The context of the requests of a unit.
	 * @param rootPath what the server says of a proxy; the outermost app's own word goes before it
	 */
	contextOf(
		{ parts, path, routes }: Pick<Unit, "parts" | "path" | "routes">,
		rootPath = "",
	): RequestContext {
		const own = this.all[0]?.parts.options.rootPath ?? parts.options.rootPath;
		const stripped = (own || rootPath).replace(/\/+$/, "");
		return {
			app: parts.app,
			state: parts.state,
			limits: resolveLimits(parts.options.limits),
			rootPath: stripped + path,
			routes,
			answer: (request, error) => expected(request, error, parts),
		};
	}

	#add(
		parts: AppParts,
		outer: Unit | undefined,
		site: MountSite | undefined,
	): Unit {
		const path = (outer?.path ?? "") + (site?.openapi ?? "");
		const outerNames = [...(outer?.outerNames ?? []), ...(site?.names ?? [])];
		assertNamesOnce(outerNames, parts);
		const lifespans = parts.lifespans.map((lifespan) => ({
			name: lifespan.name,
			node: this.#lifespanNode(lifespan, outer),
		}));
		const overrides =
			outer === undefined
				? parts.overrides
				: nestedOverrides(outer.overrides, parts.overrides);
		const mounts: Unit["mounts"][number][] = [];
		const names = namedRoutes(parts);
		const routes = new UnitRoutes(names, path, this.all[0]?.routes);
		const context = this.contextOf({ parts, path, routes });
		const unit: Unit = {
			parts,
			path,
			outerNames,
			overrides,
			...graphsOf(parts, { overrides, outerNames }),
			socketCounts: socketCountsOf(parts, outer),
			lifespans,
			mounts,
			routes,
			context,
		};
		this.all.push(unit);
		this.#addResources(unit, outer);
		for (const { site: below, target } of parts.mounts) {
			const inner = isAppParts(target)
				? this.#add(target, unit, below)
				: target;
			mounts.push({ site: below, unit: inner });
		}
		return unit;
	}

	/** One node for each owner, after those of the app around it. */
	#lifespanNode(
		lifespan: OwnedLifespan,
		outer: Unit | undefined,
	): ResourceNode {
		const known = this.#lifespanNodes.get(lifespan.owner);
		if (known !== undefined) {
			return known;
		}
		const node: ResourceNode = {
			name: lifespan.name,
			needs: lifespanNodes(outer),
			options: {},
			acquire: lifespan.call,
		};
		this.#lifespanNodes.set(lifespan.owner, node);
		this.#resources.addLifespan(node);
		return node;
	}

	#addResources(unit: Unit, outer: Unit | undefined): void {
		const around = lifespanNodes(outer).concat(lifespanNodes(unit));
		const { graphs, socketGraphs, frontGraphs, overrides, parts } = unit;
		const named = buildGraph({
			where: "resources",
			params: {},
			dependencies: parts.options.resources ?? [],
			pathNames: [],
			overrides,
		});
		this.#resources.add(named, "resources", around);
		for (const [{ where }, graph] of graphs) {
			this.#resources.add(graph, where, around);
		}
		for (const [{ operation }, graph] of [...socketGraphs, ...frontGraphs]) {
			this.#resources.add(graph, operation.where, around);
		}
	}
}

/** The graphs of all that is declared in an app. */
function graphsOf(
	{ operations, sockets, frontends }: AppParts,
	place: Parameters<typeof socketGraph>[1],
): Pick<Unit, "graphs" | "socketGraphs" | "frontGraphs"> {
	return {
		graphs: new Map(
			operations.map((operation) => [
				operation,
				operation.endpoint.atItsLine(() => operationGraph(operation, place)),
			]),
		),
		socketGraphs: new Map(
			sockets.map((socket) => [
				socket,
				socket.operation.endpoint.atItsLine(() => socketGraph(socket, place)),
			]),
		),
		frontGraphs: new Map(
			frontends.map((placed) => [
				placed,
				operationGraph(placed.operation, place),
			]),
		),
	};
}

/** @throws SetupError `VIV_PATH` when one name stands for two texts of a request */
function assertNamesOnce(
	outerNames: readonly string[],
	{ operations, sockets }: AppParts,
): void {
	const all = [...operations, ...sockets.map(({ operation }) => operation)];
	for (const { where, template } of all) {
		const names = [...outerNames, ...template.names];
		const twice = names.find((name, index) => names.indexOf(name) !== index);
		if (twice !== undefined) {
			throw new SetupError(
				"VIV_PATH",
				`${where}: the parameter "${twice}" also stands in the path or host below which its app is mounted; give one of them another name.`,
			);
		}
	}
}

function lifespanNodes(unit: Unit | undefined): readonly ResourceNode[] {
	return unit?.lifespans.map(({ node }) => node) ?? [];
}

/** A count that refuses nobody and that nobody asks is left out: each open socket would hold its end. */
function socketCountsOf(
	{ options }: AppParts,
	outer: Unit | undefined,
): readonly SocketCount[] {
	const counts = outer?.socketCounts ?? [];
	const own = new SocketCount(resolveSocketLimits(options.sockets?.limits));
	const isAsked =
		outer === undefined && healthPaths(options.health) !== undefined;
	return own.isUnlimited && !isAsked ? counts : [...counts, own];
}

import { SetupError } from "../errors/setup-error.ts";
import { dependencyOf } from "../inject/dependency.ts";
import type { AnyDependency } from "../inject/graph.ts";
import { Lifespan } from "../lifespan/lifespan.ts";
import type { LifespanHandle, ResourceNode } from "../lifespan/resource.ts";

/** The nodes of an app's resources: its lifespan function, and the app-scoped dependencies that can be reached. */
export class Resources {
	readonly #nodes = new Map<AnyDependency, ResourceNode>();
	readonly #usedBy = new Map<AnyDependency, Set<string>>();
	readonly #first: readonly ResourceNode[];
	readonly #overrides: ReadonlyMap<unknown, AnyDependency>;

	/** @param first what is acquired before every dependency: lifespan functions */
	constructor(
		first: readonly ResourceNode[],
		overrides: ReadonlyMap<unknown, AnyDependency>,
	) {
		this.#first = first;
		this.#overrides = overrides;
	}

	/** Adds a dependency that `where` needs, and what that needs in turn. */
	add(resource: AnyDependency, where: string): void {
		const replaced = this.#overrides.get(resource) ?? resource;
		const usedBy = this.#usedBy.get(replaced) ?? new Set();
		usedBy.add(where);
		this.#usedBy.set(replaced, usedBy);
		this.#node(replaced, where, []);
	}

	/** All nodes, in the order in which they were added. */
	get nodes(): readonly ResourceNode[] {
		return [...this.#first, ...this.#nodes.values()];
	}

	/** The node of a dependency that was added. */
	nodeOf(resource: AnyDependency): ResourceNode | undefined {
		return this.#nodes.get(this.#overrides.get(resource) ?? resource);
	}

	#node(
		resource: AnyDependency,
		key: string,
		path: readonly AnyDependency[],
	): ResourceNode {
		const known = this.#nodes.get(resource);
		if (known !== undefined) return known;
		if (path.includes(resource)) throw cycle([...path, resource]);
		const inputs = Object.entries(resource.params).map(
			([name, declaration]) => {
				const needed = dependencyOf(declaration);
				const replaced = needed && (this.#overrides.get(needed) ?? needed);
				return {
					name,
					node: replaced && this.#node(replaced, name, [...path, resource]),
				};
			},
		);
		const node: ResourceNode = {
			name: resource.name || key,
			needs: [...this.#first, ...inputs.flatMap((input) => input.node ?? [])],
			options: resource.options,
			neededBy: this.#neededBy(resource),
			acquire: (read, handle) => {
				const values = Object.fromEntries(
					inputs.map(({ name, node: needed }) => [
						name,
						needed === undefined ? lifespanOf(handle) : read(needed),
					]),
				);
				return resource.kind === "class"
					? Reflect.construct(resource.call, [values])
					: resource.call(values, undefined);
			},
		};
		this.#nodes.set(resource, node);
		return node;
	}

	#neededBy(resource: AnyDependency): readonly string[] {
		return [...(this.#usedBy.get(resource) ?? [])];
	}
}

/** The instance that a resource asks for by the class `Lifespan`. */
function lifespanOf(handle: LifespanHandle): Lifespan {
	return handle instanceof Lifespan
		? handle
		: new Lifespan(handle.signal, handle.worker, (done, total, text) =>
				handle.progress(done, total, text),
			);
}

function cycle(path: readonly AnyDependency[]): SetupError {
	const chain = path.map((each) => `"${each.name || "(unnamed dependency)"}"`);
	return new SetupError(
		"VIV_CYCLE",
		`resources need each other in a circle: ${chain.join(" → ")}; take one of them out of it.`,
	);
}

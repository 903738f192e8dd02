import { compileInvoke } from "../inject/call.ts";
import type {
	AnyDependency,
	DependencyGraph,
	Input,
	ResourceInput,
} from "../inject/graph.ts";
import { Lifespan } from "../lifespan/lifespan.ts";
import type { LifespanHandle, ResourceNode } from "../lifespan/resource.ts";

/** The resources that an app acquires: its lifespan functions, and the app-scoped dependencies of the graphs that were added. */
export class Resources {
	readonly #lifespans: ResourceNode[] = [];
	readonly #nodes = new Map<AnyDependency, ResourceNode>();
	readonly #usedBy = new Map<AnyDependency, Set<string>>();

	addLifespan(node: ResourceNode): void {
		this.#lifespans.push(node);
	}

	/**
	 * Adds what a graph reaches.
	 * @param where what needs it, for messages: `GET /users`
	 * @param around the lifespan functions that must have begun before it is acquired
	 */
	add(
		{ resources, usedResources }: DependencyGraph,
		where: string,
		around: readonly ResourceNode[],
	): void {
		for (const resource of resources) {
			const { dependency } = resource;
			if (!this.#nodes.has(dependency)) {
				this.#nodes.set(dependency, this.#node(resource, around));
			}
			if (usedResources.has(resource)) {
				this.#usedBy.get(dependency)?.add(where);
			}
		}
	}

	/** All nodes, in the order in which they were added. */
	get nodes(): readonly ResourceNode[] {
		return [...this.#lifespans, ...this.#nodes.values()];
	}

	/** The dependencies that were added, and what they need. */
	get dependencies(): readonly AnyDependency[] {
		return [...this.#nodes.keys()];
	}

	/** The node of a dependency that was added. */
	nodeOf(resource: AnyDependency): ResourceNode | undefined {
		return this.#nodes.get(resource);
	}

	#node(
		{ name, dependency, inputs }: ResourceInput,
		around: readonly ResourceNode[],
	): ResourceNode {
		const invoke = compileInvoke(dependency.call);
		const needed = inputs.map((input) => this.#neededBy(input));
		const usedBy = new Set<string>();
		this.#usedBy.set(dependency, usedBy);
		return {
			name,
			needs: [...around, ...needed.flatMap(({ node }) => node ?? [])],
			options: dependency.options,
			get neededBy() {
				return [...usedBy];
			},
			acquire: (read, handle) =>
				invoke(
					Object.fromEntries(
						needed.map(({ key, node }) => [
							key,
							node === undefined ? lifespanOf(handle) : read(node),
						]),
					),
					undefined,
				),
		};
	}

	/** A graph has what is needed before what needs it; what is no resource is the class `Lifespan`. */
	#neededBy(input: Input): {
		readonly key: string;
		readonly node: ResourceNode | undefined;
	} {
		const { key } = input;
		return {
			key,
			node:
				input.kind === "resource"
					? this.#nodes.get(input.resource.dependency)
					: undefined,
		};
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

import { SetupError } from "../errors/setup-error.ts";
import { compileInvoke } from "../inject/call.ts";
import { dependencyOf } from "../inject/dependency.ts";
import type { AnyDependency, Replacements } from "../inject/graph.ts";
import { Lifespan } from "../lifespan/lifespan.ts";
import type { LifespanHandle, ResourceNode } from "../lifespan/resource.ts";

/** How a resource was reached. */
export interface ResourceUse {
	/** What needs it, for messages: `GET /users`. */
	readonly where: string;
	/** The lifespan functions that must have begun before it is acquired. */
	readonly around: readonly ResourceNode[];
	readonly overrides: Replacements;
}

/** The nodes of an app's resources: lifespan functions, and the app-scoped dependencies that can be reached. */
export class Resources {
	readonly #first: ResourceNode[] = [];
	readonly #nodes = new Map<AnyDependency, ResourceNode>();
	readonly #usedBy = new Map<AnyDependency, string[]>();

	/** Adds a lifespan function. */
	addFirst(node: ResourceNode): void {
		this.#first.push(node);
	}

	/** Adds a dependency, and what it needs in turn. */
	add(resource: AnyDependency, use: ResourceUse): void {
		const replaced = use.overrides.get(resource) ?? resource;
		this.#node(replaced, use.where, use, []);
		const usedBy = this.#usedBy.get(replaced);
		if (usedBy !== undefined && !usedBy.includes(use.where)) {
			usedBy.push(use.where);
		}
	}

	/** All nodes, in the order in which they were added. */
	get nodes(): readonly ResourceNode[] {
		return [...this.#first, ...this.#nodes.values()];
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
		resource: AnyDependency,
		key: string,
		use: ResourceUse,
		path: readonly AnyDependency[],
	): ResourceNode {
		const known = this.#nodes.get(resource);
		if (known !== undefined) {
			return known;
		}
		if (path.includes(resource)) {
			throw cycle([...path, resource]);
		}
		const inputs = Object.entries(resource.params).map(
			([name, declaration]) => {
				const needed = dependencyOf(declaration);
				const replaced = needed && (use.overrides.get(needed) ?? needed);
				return {
					name,
					node:
						replaced && this.#node(replaced, name, use, [...path, resource]),
				};
			},
		);
		const invoke = compileInvoke(resource.call);
		const neededBy: string[] = [];
		const node: ResourceNode = {
			name: resource.name || key,
			needs: [...use.around, ...inputs.flatMap((input) => input.node ?? [])],
			options: resource.options,
			neededBy,
			acquire: (read, handle) => {
				const values = Object.fromEntries(
					inputs.map(({ name, node: needed }) => [
						name,
						needed === undefined ? lifespanOf(handle) : read(needed),
					]),
				);
				return invoke(values, undefined);
			},
		};
		this.#nodes.set(resource, node);
		this.#usedBy.set(resource, neededBy);
		return node;
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
	const chain = path.map((each) => `"${each.label}"`);
	return new SetupError(
		"VIV_CYCLE",
		`resources need each other in a circle: ${chain.join(" → ")}; take one of them out of it.`,
	);
}

import { SetupError } from "../errors/setup-error.ts";
import type { DependencyScope } from "../inject/declaration.ts";
import { Dependency } from "../inject/dependency.ts";
import type { AnyDependency } from "../inject/graph.ts";

/**
 * Dependencies that stand in for others, in a test: everything that needs the one gets the other, also in app scope (when set
 * before the app starts).
 *
 * @see FastAPI, "Testing Dependencies with Overrides"
 */
export class DependencyOverrides {
	/** @internal Changes whenever the overrides do. */
	version = 0;
	readonly #replacements = new Map<unknown, AnyDependency>();

	/** @internal */
	get replacements(): ReadonlyMap<unknown, AnyDependency> {
		return this.#replacements;
	}

	/** @throws SetupError `VIV_DEPENDENCY` when one of them is no dependency */
	set<Value>(
		dependency: Dependency<Value, DependencyScope>,
		replacement: Dependency<Value, DependencyScope>,
	): void {
		for (const each of [dependency, replacement]) {
			if (each instanceof Dependency) continue;
			throw new SetupError(
				"VIV_DEPENDENCY",
				"overrides.set(): expected two dependencies; make them with dependency(fn).",
			);
		}
		this.#replacements.set(dependency, replacement);
		this.version++;
	}

	delete(dependency: AnyDependency): void {
		this.#replacements.delete(dependency);
		this.version++;
	}

	clear(): void {
		this.#replacements.clear();
		this.version++;
	}
}

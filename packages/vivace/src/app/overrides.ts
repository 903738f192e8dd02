import { assertArgument } from "../errors/options.ts";
import { beginAt } from "../errors/program-stack.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { DependencyScope } from "../inject/declaration.ts";
import { Dependency } from "../inject/dependency.ts";
import type { AnyDependency, Replacements } from "../inject/graph.ts";

/**
 * Dependencies that replace others in a test: everything that needs the one gets the other, also in mounted apps, and also in app scope
 * if it is set before the app starts.
 *
 * @see FastAPI, "Testing Dependencies with Overrides"
 */
export class DependencyOverrides {
	readonly #replacements = new Map<AnyDependency, AnyDependency>();
	/** Made where they were set. */
	readonly #places = new WeakMap<AnyDependency, Error>();
	/** Those that something has asked for. */
	readonly #reached = new Set<AnyDependency>();

	/** Listeners of a change. */
	readonly #watchers = new Set<() => void>();

	/**
	 * @internal Calls a function after each change.
	 * @returns ends that
	 */
	watch(onChange: () => void): () => void {
		this.#watchers.add(onChange);
		return () => this.#watchers.delete(onChange);
	}

	/** @throws SetupError `VIV_DEPENDENCY` when one of them is no dependency */
	set<Value>(
		dependency: Dependency<Value, DependencyScope>,
		replacement: Dependency<Value, DependencyScope>,
	): void {
		for (const each of [dependency, replacement]) {
			if (each instanceof Dependency) {
				continue;
			}
			throw new SetupError(
				"VIV_DEPENDENCY",
				"overrides.set(): expected two dependencies; make them with dependency(fn).",
			);
		}
		this.#places.set(dependency, new Error());
		this.#replacements.set(
			dependency,
			dependency.standIn?.(replacement) ?? replacement,
		);
		this.#tell();
	}

	/** The number of overrides. */
	get size(): number {
		return this.#replacements.size;
	}

	/** The replacement of a dependency, if it has one. */
	get(dependency: AnyDependency): AnyDependency | undefined {
		const replacement = this.#replacements.get(dependency);
		if (replacement !== undefined) {
			this.#reached.add(dependency);
		}
		return replacement;
	}

	/**
	 * @internal Called when the app has been built.
	 * @throws SetupError `VIV_DEPENDENCY` when nothing in the app needs what is replaced: the test would not test what it says
	 */
	assertReached(): void {
		const [name] = Object.keys(this);
		if (name !== undefined) {
			throw new SetupError(
				"VIV_DEPENDENCY",
				`overrides[${JSON.stringify(name)}] was set, which overrides nothing; write overrides.set(dependency, replacement).`,
			);
		}
		for (const [dependency, replacement] of this.#replacements) {
			if (this.#reached.has(dependency)) {
				continue;
			}
			const error = new SetupError(
				"VIV_DEPENDENCY",
				`overrides.set("${dependency.label}", "${replacement.label}"): no path operation, ` +
					"resource or dependency of the app needs the first; override what they name, or set it after the start if only app.scope() asks for it.",
			);
			beginAt(error, this.#places.get(dependency) ?? error);
			throw error;
		}
	}

	delete(dependency: AnyDependency): void {
		assertArgument("overrides.delete()", "dependency", dependency, (value) =>
			value instanceof Dependency ? undefined : "a dependency",
		);
		this.#replacements.delete(dependency);
		this.#tell();
	}

	clear(): void {
		this.#replacements.clear();
		this.#tell();
	}

	#tell(): void {
		for (const onChange of this.#watchers) {
			onChange();
		}
	}
}

/** The overrides of a mounted app: those of the apps around it go first. */
export function nestedOverrides(
	outer: Replacements,
	own: Replacements,
): Replacements {
	return {
		get size() {
			return outer.size + own.size;
		},
		get: (dependency) => {
			const ofOwn = own.get(dependency); // asked always, so that it knows that it was reached
			return outer.get(dependency) ?? ofOwn;
		},
	};
}

import { SetupError } from "../errors/setup-error.ts";
import type { DependencyScope } from "./declaration.ts";
import { isGeneratorFunction } from "./generator.ts";

/** The properties of a dependency that decide which others it may need. */
export interface Lived {
	readonly scope: DependencyScope;
	/** How messages name it. */
	readonly label: string;
	/** The dependency of function scope that a value of request scope was made from. */
	readonly shortLived?: Lived | undefined;
}

/** A {@link Lived} that is about to be made, with the function that makes it. */
export interface Living extends Lived {
	readonly call: unknown;
}

/**
 * The dependency of function scope that a value holds. A plain value in request scope may be made from one, for it cleans nothing up
 * (FastAPI serves that); a generator is refused, because its own clean-up would find the other gone.
 */
export function shortLivedAmong(
	scope: DependencyScope,
	needed: readonly Lived[],
): Lived | undefined {
	if (scope !== "request") {
		return undefined;
	}
	for (const each of needed) {
		const held = each.scope === "function" ? each : each.shortLived;
		if (held !== undefined) {
			return held;
		}
	}
	return undefined;
}

/** @throws SetupError `VIV_SCOPE` when one of those that it needs is gone before it */
export function assertLifetimes(made: Living, needed: readonly Lived[]): void {
	for (const each of needed) {
		if (made.scope === "app" && each.scope !== "app") {
			throw captiveError(made, each);
		}
	}
	const held = shortLivedAmong(made.scope, needed);
	if (held !== undefined && isGeneratorFunction(made.call)) {
		throw captiveError(made, held);
	}
}

/** The error of what needs something that is gone before it. */
export function captiveError(made: Lived, needed: Lived): SetupError {
	const whenGone =
		made.scope === "app" ? "is gone before it" : "is gone before it cleans up";
	return new SetupError(
		"VIV_SCOPE",
		`"${made.label}" (${made.scope} scope) needs "${needed.label}" (${needed.scope} scope), which ${whenGone}; ` +
			`give "${needed.label}" ${made.scope} scope or "${made.label}" ${needed.scope} scope.`,
	);
}

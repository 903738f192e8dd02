import { isClass } from "../errors/is-class.ts";
import { LifespanError } from "../errors/setup-error.ts";

/**
 * An async generator function: what stands before its only `yield` runs before the first request, what stands after it runs
 * after the last. What it yields is the state. A function that gives such a generator (a wrapper) will do.
 */
export type LifespanFunction<Argument = unknown, State = unknown> = (
	argument: Argument,
) =>
	| AsyncGenerator<State, void, void>
	| Promise<AsyncGenerator<State, void, void>>;

/**
 * Checks the form of a lifespan function without running any of it. Whether a function that is no generator function gives a generator
 * all the same, {@link lifespanCall} says.
 *
 * @param where names the owner in the message, for instance `App "Shop"`.
 * @throws LifespanError if it can't give an async generator.
 */
export function assertLifespanFunction(
	fn: unknown,
	where: string,
): asserts fn is LifespanFunction {
	const mistake = mistakeOf(fn);
	if (mistake !== undefined) {
		throw wrongForm(where, mistake);
	}
}

/**
 * Calls a lifespan function, perhaps through a wrapper, and gives its generator.
 * @throws LifespanError when something else came back
 */
export async function lifespanCall<Argument, State>(
	fn: LifespanFunction<Argument, State>,
	argument: Argument,
	where: string,
): Promise<AsyncGenerator<State, void, void>> {
	const given: unknown = await fn(argument);
	if (kindOf(given) === "AsyncGenerator") {
		return given as AsyncGenerator<State, void, void>; // its tag says so
	}
	const isNothing = given === undefined || given === null;
	const kind = isNothing ? String(given) : describeKind(given);
	throw wrongForm(
		where,
		`${nameOf(fn)} gave ${kind}, so that nothing says what to release; ${remedyFor(fn)}`,
	);
}

function wrongForm(where: string, mistake: string): LifespanError {
	return new LifespanError(
		`${where}: the lifespan must be an async generator function, but ${mistake}`,
	);
}

function mistakeOf(fn: unknown): string | undefined {
	if (typeof fn !== "function") {
		return `${describeValue(fn)} was given; write async function* (app) { …; yield state; … }`;
	}
	if (kindOf(fn) === "GeneratorFunction") {
		return `${nameOf(fn)} is a synchronous generator function; ${remedyFor(fn)}`;
	}
	return isClass(fn) ? `${nameOf(fn)} is a class; ${remedyFor(fn)}` : undefined;
}

function nameOf({ name }: { readonly name: string }): string {
	return name === "" ? "the function" : `"${name}"`;
}

function remedyFor({ name }: { readonly name: string }): string {
	return `write async function* ${name}(app) { …; yield state; … }`;
}

/** By the tag of the prototype, which also holds for bound functions and those of another realm. */
function kindOf(value: unknown): string {
	return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

function describeValue(value: unknown): string {
	if (value === null || value === undefined) {
		return String(value);
	}
	if (kindOf(value) === "AsyncGenerator") {
		return "a generator that was already called (leave out the brackets after its name)";
	}
	return describeKind(value);
}

function describeKind(value: unknown): string {
	const kind = kindOf(value).toLowerCase();
	return `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;
}

import { LifespanError } from "../errors/setup-error.ts";

/**
 * An async generator function: what stands before its only `yield` runs before the first request, what stands after it runs
 * after the last. What it yields is the state.
 */
export type LifespanFunction<Argument = unknown, State = unknown> = (
	argument: Argument,
) => AsyncGenerator<State, void, void>;

/**
 * Checks the form of a lifespan function without running any of it.
 *
 * @param where names the owner in the message, for instance `App "Shop"`.
 * @throws LifespanError if it is anything but an async generator function.
 */
export function assertLifespanFunction(
	fn: unknown,
	where: string,
): asserts fn is LifespanFunction {
	if (kindOf(fn) === "AsyncGeneratorFunction") {
		return;
	}
	throw new LifespanError(
		`${where}: the lifespan must be an async generator function, but ${mistakeOf(fn)}`,
	);
}

function mistakeOf(fn: unknown): string {
	if (typeof fn !== "function") {
		return `${describeValue(fn)} was given; write async function* (app) { …; yield state; … }`;
	}
	const name = fn.name === "" ? "the function" : `"${fn.name}"`;
	const remedy = `write async function* ${fn.name}(app) { …; yield state; … }`;
	switch (kindOf(fn)) {
		case "GeneratorFunction":
			return `${name} is a synchronous generator function; ${remedy}`;
		case "AsyncFunction":
			return `${name} is an async function without yield, so that nothing says what to release; ${remedy}`;
	}
	if (isClass(fn)) {
		return `${name} is a class; ${remedy}`;
	}
	// Only arrow functions and methods lack a prototype, and neither can hold a yield in this place.
	return Object.hasOwn(fn, "prototype")
		? `${name} is a plain function; ${remedy}`
		: `${name} is an arrow function, which cannot yield; ${remedy}`;
}

/** By the tag of the prototype, which also holds for bound functions and those of another realm. */
function kindOf(value: unknown): string {
	return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

function isClass(fn: unknown): boolean {
	return /^class\b/.test(Function.prototype.toString.call(fn));
}

function describeValue(value: unknown): string {
	if (value === null || value === undefined) {
		return String(value);
	}
	if (kindOf(value) === "AsyncGenerator") {
		return "a generator that was already called (leave out the brackets after its name)";
	}
	const kind = kindOf(value).toLowerCase();
	return `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;
}

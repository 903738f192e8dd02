import { AsyncLocalStorage } from "node:async_hooks";
import { type AnyGenerator, isGenerator } from "../inject/generator.ts";
import { closing, currentLedger } from "../inject/ledger.ts";
import type { LifespanHandle, ResourceNode } from "./resource.ts";
import { ResourceProblem } from "./resource-problem.ts";

/** A resource that was acquired. */
export interface Acquisition {
	readonly value: unknown;
	/** Runs what releases it, in the async context in which it was acquired. Call it once; rejects if the release fails. */
	readonly release: () => Promise<void>;
}

/**
 * Acquires a resource once, without any limit in time.
 *
 * A generator is released by its rest. A plain value is released by its own `Symbol.asyncDispose` or `Symbol.dispose` if it has
 * one, as `await using` would, unless `isOwned` says that another resource holds the same value.
 *
 * @throws what the resource throws; ResourceProblem if a generator ends without yielding.
 */
export async function acquire(
	node: ResourceNode,
	read: (node: ResourceNode) => unknown,
	handle: LifespanHandle,
	isOwned: (value: unknown) => boolean,
): Promise<Acquisition> {
	// A generator runs in the context of whoever resumes it; its exit code shall see what its entry saw.
	const inContext = AsyncLocalStorage.snapshot();
	const given = inContext(() => node.acquire(read, handle));
	const made = isGenerator(given) ? given : await given; // a wrapper may give a promise of a generator
	if (isGenerator(made)) {
		const first = await inContext(() => made.next());
		if (first.done) {
			throw new ResourceProblem(endedWithoutYield, { isMistake: true });
		}
		const close = currentLedger()?.open("resource", node.name);
		return {
			value: first.value,
			release: () => inContext(() => closing(close, () => finish(made))),
		};
	}
	if (isOwned(made)) {
		return { value: made, release: async () => {} };
	}
	tellUnclosed(made, handle);
	const close = currentLedger()?.open("resource", node.name);
	return {
		value: made,
		release: () => inContext(() => closing(close, () => dispose(made))),
	};
}

const endedWithoutYield =
	'ended without yielding; write "yield value" once, with what acquires before it and what releases after it';
const yieldedTwice =
	'yielded a second time while it was released; write "yield" once, with what acquires before it and what releases after it';

async function finish(generator: AnyGenerator): Promise<void> {
	const second = await generator.next();
	if (second.done) {
		return;
	}
	try {
		await generator.return(undefined);
	} catch (cause) {
		throw new ResourceProblem(yieldedTwice, { cause });
	}
	throw new ResourceProblem(yieldedTwice);
}

/** Methods that give something back. */
const closers = [
	"$disconnect",
	"close",
	"destroy",
	"disconnect",
	"end",
	"quit",
	"shutdown",
	"terminate",
];

/** Tells, in development, of a plain value that could be closed, and that nothing closes. */
function tellUnclosed(value: unknown, handle: LifespanHandle): void {
	if (
		!hasIdentity(value) ||
		Symbol.asyncDispose in value ||
		Symbol.dispose in value ||
		globalThis.process?.env.NODE_ENV !== "development"
	) {
		return;
	}
	const closer = closers.find((name) => typeof value[name] === "function");
	if (closer !== undefined) {
		handle.note?.(
			`its ${closer}() is called by nothing; write async function* () { … yield value; await value.${closer}(); }`,
		);
	}
}

async function dispose(value: unknown): Promise<void> {
	if (!hasIdentity(value)) {
		return;
	}
	const dispose = value[Symbol.asyncDispose] ?? value[Symbol.dispose];
	if (typeof dispose === "function") {
		await dispose.call(value);
	}
}

/** True for what is one thing wherever it is: objects and functions. */
export function hasIdentity(
	value: unknown,
): value is object & Record<PropertyKey, unknown> {
	return (
		(typeof value === "object" && value !== null) || typeof value === "function"
	);
}

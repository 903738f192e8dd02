import { SetupError } from "../errors/setup-error.ts";
import { defaultLimits } from "../http/limits.ts";
import { absentRequest } from "./absent-request.ts";
import type { DependencyScope } from "./declaration.ts";
import {
	type Dependency,
	type DependencyUse,
	dependencyOf,
} from "./dependency.ts";
import { GraphBuilder, type GraphNode, type Replacements } from "./graph.ts";
import { compileRecord, type RecordContext } from "./record.ts";
import { Run } from "./run.ts";
import { compileStep } from "./step.ts";

/** The port of a {@link Scope} to its app. */
export interface ScopeOptions {
	readonly cellOf: RecordContext["cellOf"];
	readonly overrides: Replacements;
	readonly exitTimeoutMs: number;
	/** Aborted with reason `"shutdown"` when the app is about to stop. */
	readonly signal: AbortSignal;
	/** Runs when everything was left, however that ended. */
	readonly onClosed: () => void | Promise<void>;
}

/**
 * A life for dependencies outside any request, for what needs no wrapping: what {@link Scope.get} makes is kept until the scope is
 * closed, and then left as at the end of a request: function scope, background tasks, request scope, each in reverse order.
 */
export class Scope implements AsyncDisposable {
	/** Aborted with reason `"shutdown"` when the app is about to stop: a long job ends then, for the app waits for it. */
	readonly signal: AbortSignal;
	readonly #graph: GraphBuilder;
	readonly #context: RecordContext;
	readonly #run: Run;
	readonly #onClosed: ScopeOptions["onClosed"];
	readonly #made = new Map<GraphNode, Promise<void>>();
	/** Values that are being made at the moment; nothing is left before. */
	readonly #making = new Set<Promise<unknown>>();
	#closing: Promise<void> | undefined;

	/** @internal `app.scope()` makes it. */
	constructor(options: ScopeOptions) {
		const { cellOf, exitTimeoutMs, overrides, signal, onClosed } = options;
		this.signal = signal;
		this.#onClosed = onClosed;
		this.#graph = new GraphBuilder({
			where: "scope.get()",
			pathNames: [],
			isPathOpen: true,
			overrides,
		});
		this.#context = {
			cellOf,
			isWithoutRequest: true,
			strict: false,
			strictContentType: true,
			limits: defaultLimits,
			pathNames: [],
			isBodyEmbedded: false,
			body: [],
			jsonReaders: new Map(),
		};
		this.#run = new Run(absentRequest("app.scope()", signal), exitTimeoutMs);
	}

	/**
	 * The value of a dependency, made with all that it needs, as a request would: the same one at every call, unless it is
	 * `Depends(dependency, { useCache: false })`. One of app scope is the app's own; overrides count. A parameter has the value that it
	 * has where a request leaves it out.
	 *
	 * @throws SetupError `VIV_SCOPE` when it wraps what comes after it (`around`), for nothing does here: take `app.scope({ … }, fn)`;
	 * when a parameter must be there or the request is read; after the scope was closed; whatever a dependency throws
	 */
	get<Value>(
		dependency: Dependency<Value, DependencyScope> | DependencyUse<Value>,
	): Promise<Value> {
		const making = this.#get(dependency);
		const settled = making.then(ignore, ignore);
		this.#making.add(settled);
		settled.then(() => this.#making.delete(settled));
		return making as Promise<Value>; // it is what the dependency's function gives
	}

	/**
	 * Ends the scope well: generators go on after their `yield`, background tasks run. A second call gives the same promise.
	 * @throws what a generator or a task throws
	 */
	close(): Promise<void> {
		this.#closing ??= this.#closed(() => this.#run.leave());
		return this.#closing;
	}

	/**
	 * Ends the scope with an error: it is thrown into the generators, innermost first, and background tasks do not run.
	 * @throws always: the error, or the one that a generator made of it
	 */
	async fail(error: unknown): Promise<never> {
		if (this.#closing !== undefined) {
			throw error;
		}
		const failing = this.#closed(() => this.#run.fail(error));
		this.#closing = failing.catch(ignore); // whoever calls fail() is told, `await using` need not tell it again
		await failing;
		throw error;
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.close();
	}

	async #closed(leave: () => Promise<void>): Promise<void> {
		try {
			await Promise.all(this.#making);
			await leave();
		} finally {
			await this.#onClosed();
		}
	}

	async #get(
		use: Dependency<unknown, DependencyScope> | DependencyUse<unknown>,
	): Promise<unknown> {
		const name = dependencyOf(use)?.label ?? "";
		if (this.#closing !== undefined) {
			throw new SetupError(
				"VIV_SCOPE",
				`scope.get(): the scope that "${name}" is asked of has been closed; open another with app.scope().`,
			);
		}
		const input = this.#graph.input(name, use);
		if (input.kind === "node") {
			assertUnwrapped(input.node, input.node);
			await this.#makeOnce(input.node);
			return this.#run.values[input.node.slot];
		}
		const root = { name, inputs: [input] };
		const record = compileRecord(root, this.#context)(this.#run);
		return (record as Record<string, unknown>)[name]; // the value of app scope is there, or it has thrown
	}

	#makeOnce(node: GraphNode): Promise<void> {
		const known = this.#made.get(node) ?? this.#make(node);
		this.#made.set(node, known);
		return known;
	}

	async #make(node: GraphNode): Promise<void> {
		for (const input of node.inputs) {
			if (input.kind === "node") {
				await this.#makeOnce(input.node);
			}
		}
		const step = compileStep(node, this.#context);
		let pending = step.run(this.#run);
		while (pending !== undefined) {
			pending = step.take(this.#run, await pending);
		}
	}
}

function ignore(): void {}

/** @throws SetupError `VIV_SCOPE` when a dependency or one that it needs wraps what comes after it */
function assertUnwrapped(asked: GraphNode, node: GraphNode): void {
	if (node.dependency.options.around !== undefined) {
		const which =
			asked === node
				? `"${asked.name}" wraps`
				: `"${asked.name}" needs "${node.name}", which wraps`;
		throw new SetupError(
			"VIV_SCOPE",
			`scope.get(): ${which} all that runs after it, but nothing runs inside of scope.get(); ` +
				`write app.scope({ ${key(asked)} }, ({ ${key(asked)} }) => …).`,
		);
	}
	for (const input of node.inputs) {
		if (input.kind === "node") {
			assertUnwrapped(asked, input.node);
		}
	}
}

/** Its name where that can stand in a record. */
function key({ name }: GraphNode): string {
	return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) ? name : "value";
}

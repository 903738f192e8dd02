import { SetupError } from "../errors/setup-error.ts";
import { Request } from "../http/request.ts";
import { compileInvoke } from "./call.ts";
import type { DependencyScope } from "./declaration.ts";
import type { Dependency, DependencyUse } from "./dependency.ts";
import { dependencyOf } from "./dependency.ts";
import { isGenerator } from "./generator.ts";
import {
	type AnyDependency,
	buildGraph,
	type GraphNode,
	type Input,
	type Replacements,
} from "./graph.ts";
import type { ParameterField } from "./parameter-field.ts";
import type { ProvidedClass } from "./provided.ts";
import { RequestScope, type ResourceValues } from "./scope.ts";

/** What a {@link Scope} needs of its app. */
export interface DetachedScopeOptions {
	readonly resources: ResourceValues;
	readonly overrides: Replacements;
	/** Aborted with reason `"shutdown"` when the app is about to stop. */
	readonly signal: AbortSignal;
	/** Runs when everything was left, however that ended. */
	readonly onClosed: () => void | Promise<void>;
}

/**
 * A life for dependencies outside any request: what {@link Scope.get} makes is kept until the scope is closed, and then left as at
 * the end of a request: function scope, background tasks, request scope, each in reverse order.
 */
export class Scope implements AsyncDisposable {
	/** Aborted with reason `"shutdown"` when the app is about to stop: a long job ends then, for the app waits for it. */
	readonly signal: AbortSignal;
	readonly #options: DetachedScopeOptions;
	readonly #scope: RequestScope;
	readonly #values = new Map<AnyDependency, Promise<unknown>>();
	readonly #instances = new Map<ProvidedClass<unknown>, unknown>();
	/** What is being made at the moment; nothing is left before. */
	readonly #making = new Set<Promise<unknown>>();
	#closing: Promise<void> | undefined;

	/** @internal `app.scope()` makes it. */
	constructor(options: DetachedScopeOptions) {
		this.signal = options.signal;
		this.#options = options;
		this.#scope = new RequestScope(
			absentRequest("(app.scope())"),
			options.resources,
		);
	}

	/**
	 * The value of a dependency, made with all that it needs, as a request would: the same one at every call, unless it is
	 * `Depends(dependency, { useCache: false })`. One of app scope is the app's own; overrides count. A parameter has the value that it
	 * has where a request leaves it out.
	 *
	 * @throws SetupError `VIV_PARAMETER` when a parameter must be there; `VIV_SCOPE` when a dependency reads the request, and after
	 * the scope was closed; whatever a dependency throws
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
		this.#closing ??= this.#closed(() => this.#leave());
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
		const failing = this.#closed(() => this.#scope.fail(error));
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
			await this.#options.onClosed();
		}
	}

	async #leave(): Promise<void> {
		try {
			await this.#scope.leaveFunction();
		} catch (error) {
			await this.#scope.fail(error);
		}
		await this.#scope.leaveRequest();
	}

	async #get(
		use: Dependency<unknown, DependencyScope> | DependencyUse<unknown>,
	) {
		if (this.#closing !== undefined) {
			throw new SetupError(
				"VIV_SCOPE",
				`scope.get(): the scope that "${dependencyOf(use)?.label}" is asked of has been closed; open another with app.scope().`,
			);
		}
		const { root } = buildGraph({
			where: "scope.get()",
			params: { [unnamed]: use },
			dependencies: [],
			pathNames: [],
			isPathOpen: true,
			overrides: this.#options.overrides,
		});
		return (await this.#record(root))[unnamed];
	}

	async #record(node: GraphNode): Promise<Record<string, unknown>> {
		const record: Record<string, unknown> = {};
		for (const input of node.inputs) {
			record[input.key] = await this.#input(input, node.name);
		}
		return record;
	}

	#input(input: Input, owner: string): unknown {
		switch (input.kind) {
			case "node":
				return this.#node(input.node);
			case "resource":
				return this.#options.resources.resourceValue(input.resource);
			case "parameter":
				return absentValue(input.field, owner);
			case "class":
				return this.#instance(input.type, owner);
			case "request":
				return absentRequest(owner);
			case "response":
				return this.#scope.response;
			case "pathText":
				throw new TypeError("a scope has no path");
		}
	}

	#node(node: GraphNode): Promise<unknown> {
		const dependency = node.dependency as AnyDependency; // only the root has none
		if (!node.isShared) {
			return this.#make(node, dependency);
		}
		const known = this.#values.get(dependency) ?? this.#make(node, dependency);
		this.#values.set(dependency, known);
		return known;
	}

	async #make(node: GraphNode, dependency: AnyDependency): Promise<unknown> {
		const { call, scope } = dependency;
		const record = await this.#record(node);
		const request = absentRequest(node.name, this.signal);
		const made = await compileInvoke(call)(record, request);
		if (!isGenerator(made)) {
			return made;
		}
		const exits =
			scope === "function"
				? this.#scope.functionExits
				: this.#scope.requestExits;
		const values: unknown[] = [];
		await exits.enter(node.name, made, values, 0);
		return values[0];
	}

	#instance(type: ProvidedClass<unknown>, owner: string): unknown {
		const known = this.#instances.get(type);
		if (known !== undefined) {
			return known;
		}
		const instance = type["~provide"]({
			request: absentRequest(owner),
			afterSent: (task) => this.#scope.afterSent(task),
		});
		this.#instances.set(type, instance);
		return instance;
	}
}

/** What messages call a dependency that has no name. */
const unnamed = "(unnamed dependency)";

function ignore(): void {}

/** What a parameter is where a request leaves it out. */
async function absentValue(
	field: ParameterField,
	owner: string,
): Promise<unknown> {
	const { compiled, source, name } = field;
	if (source !== "path") {
		const parsed = await (field.isModel
			? compiled.parseTexts({}, [source])
			: compiled.parseText(undefined, [source, name]));
		if (parsed.errors === undefined) {
			return parsed.value;
		}
	}
	throw new SetupError(
		"VIV_PARAMETER",
		`scope.get(): "${owner}" needs the ${source} parameter "${name}", but app.scope() has no request to read it from; ` +
			"give it a default, or override the dependency that has it.",
	);
}

/** Stands where a request would: harmless until something of it is read, but for the signal, which is the scope's. */
function absentRequest(owner: string, signal?: AbortSignal): Request {
	return new Proxy(Object.create(Request.prototype) as Request, {
		get(target, member) {
			if (member === "signal" && signal !== undefined) {
				return signal;
			}
			// what any value is asked for: by `await`, by whoever prints it
			if (typeof member === "symbol" || member === "then") {
				return Reflect.get(target, member);
			}
			throw new SetupError(
				"VIV_SCOPE",
				`scope.get(): "${owner}" reads request.${member}, but app.scope() has no request; ` +
					"override the dependency, or keep what it does for requests out of it.",
			);
		},
	});
}

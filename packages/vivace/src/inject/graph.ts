import { SetupError } from "../errors/setup-error.ts";
import { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";
import { type BodyKind, bodyKind } from "./body-step.ts";
import type { Declarations, DependencyScope } from "./declaration.ts";
import { type Dependency, DependencyUse, dependencyOf } from "./dependency.ts";
import { assertLifetimes, type Lived, shortLivedAmong } from "./lifetimes.ts";
import {
	bodyFields,
	type ParameterField,
	parameterField,
	type RouteNames,
} from "./parameter-field.ts";
import {
	isAppScopedClass,
	isProvidedClass,
	type ProvidedClass,
} from "./provided.ts";

/** A dependency of any value and scope. */
export type AnyDependency = Dependency<unknown, DependencyScope>;

/** Where the parsed body stands among a request's values. */
export const bodySlot = 0;

/** Where one value of a function's record comes from. */
export type Input = { readonly key: string } & (
	| { readonly kind: "parameter"; readonly field: ParameterField }
	| { readonly kind: "node"; readonly node: GraphNode }
	| { readonly kind: "resource"; readonly resource: AnyDependency }
	| {
			readonly kind: "class";
			readonly slot: number;
			readonly type: ProvidedClass<unknown>;
	  }
	| { readonly kind: "pathText"; readonly index: number }
	| { readonly kind: "request" | "response" }
);

/** One function that a request calls: a dependency, or (as root) the handler. */
export interface GraphNode {
	readonly name: string;
	/** `undefined` for the root. */
	readonly dependency: AnyDependency | undefined;
	/** Where its value stands among the request's values. */
	readonly slot: number;
	/** Whether every use of the dependency in one scope gets the same value; false for `useCache: false`. */
	readonly isShared: boolean;
	readonly inputs: readonly Input[];
	/** What of function scope a value of request scope holds. */
	readonly shortLived?: Lived | undefined;
}

/** Everything that a path operation reaches, resolved: which functions in which order, reading which parameters. */
export interface DependencyGraph {
	/** The dependencies in the order in which they are made; the root is not among them. */
	readonly order: readonly GraphNode[];
	readonly root: GraphNode;
	/** The names in the path template, in order. */
	readonly pathNames: readonly string[];
	/** All parameters, the root's own first and then its dependencies' (the order in which FastAPI documents them). */
	readonly fields: readonly ParameterField[];
	/** The parameters that are read from the body. */
	readonly body: readonly ParameterField[];
	/** Whether bodies stand under their names. */
	readonly isBodyEmbedded: boolean;
	/** How the body is read. */
	readonly bodyKind: BodyKind;
	/** The app-scoped dependencies that are needed directly. */
	readonly resources: readonly AnyDependency[];
}

/** Which dependency stands in for which. */
export interface Replacements {
	get(dependency: AnyDependency): AnyDependency | undefined;
}

/** What {@link buildGraph} resolves. */
export interface GraphOptions extends RouteNames {
	readonly params: Declarations;
	/** Dependencies that are made for their effect alone: the app's, the routers', the route's. */
	readonly dependencies: readonly unknown[];
	readonly overrides?: Replacements | undefined;
}

/**
 * Resolves a record of parameters.
 * @throws SetupError `VIV_PARAMETER`, `VIV_SCOPE`, `VIV_CYCLE` or `VIV_DEPENDENCY`, naming the route and the parameter
 */
export function buildGraph(options: GraphOptions): DependencyGraph {
	return new GraphBuilder(options).build();
}

class GraphBuilder {
	readonly #options: GraphOptions;
	readonly #order: GraphNode[] = [];
	readonly #nodes = new Map<AnyDependency, GraphNode>();
	readonly #classSlots = new Map<unknown, number>();
	readonly #resources = new Set<AnyDependency>();
	/** The dependencies being resolved, outermost first. */
	readonly #path: AnyDependency[] = [];
	#slots: number = bodySlot + 1;

	constructor(options: GraphOptions) {
		this.#options = options;
	}

	build(): DependencyGraph {
		const extra = this.#options.dependencies.flatMap((declaration, index) =>
			this.#extraInput(declaration, index),
		);
		const own = [
			...this.#inputs(this.#options.params),
			...this.#undeclaredNames(),
		];
		const root: GraphNode = {
			name: this.#options.where,
			dependency: undefined,
			slot: -1,
			isShared: false,
			inputs: own,
		};
		const fields = collectFields([...extra, ...own]);
		const body = bodyFields(fields);
		const isBodyEmbedded =
			body.length > 1 || body.some((field) => field.options.embed === true);
		return {
			order: this.#order,
			root,
			pathNames: this.#options.pathNames,
			fields,
			body,
			isBodyEmbedded,
			bodyKind: bodyKind(this.#options.where, body, isBodyEmbedded),
			resources: [...this.#resources],
		};
	}

	/** The handler receives as text what the path names and it does not declare. */
	#undeclaredNames(): Input[] {
		const { pathNames, params } = this.#options;
		return pathNames.flatMap((key, index) =>
			Object.hasOwn(params, key) ? [] : [{ key, kind: "pathText", index }],
		);
	}

	#extraInput(declaration: unknown, index: number): Input[] {
		if (dependencyOf(declaration) === undefined) {
			throw new SetupError(
				"VIV_DEPENDENCY",
				`${this.#options.where}: dependencies[${index}] is not a dependency; make one with dependency(fn).`,
			);
		}
		return [this.#input(`dependencies[${index}]`, declaration)];
	}

	#inputs(params: Declarations): Input[] {
		return Object.entries(params).map(([key, declaration]) =>
			this.#input(key, declaration),
		);
	}

	#input(key: string, declaration: unknown): Input {
		const needed = dependencyOf(declaration);
		if (needed !== undefined) {
			const isShared =
				!(declaration instanceof DependencyUse) || declaration.useCache;
			return this.#dependencyInput(key, this.#override(needed), isShared);
		}
		if (declaration === Request) {
			return { key, kind: "request" };
		}
		if (declaration === Response) {
			return { key, kind: "response" };
		}
		if (isProvidedClass(declaration)) {
			return {
				key,
				kind: "class",
				slot: this.#classSlot(declaration),
				type: declaration,
			};
		}
		if (isAppScopedClass(declaration)) {
			throw new SetupError(
				"VIV_SCOPE",
				`${this.#options.where}: "${key}" asks for ${declaration.name}, which there is only while the app starts; ask for it in a dependency of app scope.`,
			);
		}
		return {
			key,
			kind: "parameter",
			field: parameterField(key, declaration, this.#place()),
		};
	}

	/** What declares the parameters that are being looked at: the path operation, or a dependency of it. */
	#place(): GraphOptions {
		const dependency = this.#path.at(-1);
		if (dependency === undefined) {
			return this.#options;
		}
		const where = `${this.#options.where}: dependency "${dependency.name}"`;
		return { ...this.#options, where };
	}

	#override(needed: AnyDependency): AnyDependency {
		return this.#options.overrides?.get(needed) ?? needed;
	}

	#dependencyInput(
		key: string,
		needed: AnyDependency,
		isShared: boolean,
	): Input {
		if (needed.scope === "app") {
			this.#resources.add(needed);
			return { key, kind: "resource", resource: needed };
		}
		const known = isShared ? this.#nodes.get(needed) : undefined;
		const node = known ?? this.#addNode(key, needed, isShared);
		if (isShared) {
			this.#nodes.set(needed, node);
		}
		return { key, kind: "node", node };
	}

	#addNode(key: string, needed: AnyDependency, isShared: boolean): GraphNode {
		this.#assertNoCycle(needed);
		this.#path.push(needed);
		const inputs = this.#inputs(needed.params);
		this.#path.pop();
		const name = needed.name || key;
		const { scope, call } = needed;
		const lived = inputs.flatMap(livedOf);
		assertLifetimes({ label: name, scope, call }, lived);
		const node: GraphNode = {
			name,
			dependency: needed,
			slot: this.#slots++,
			isShared,
			inputs,
			shortLived: shortLivedAmong(scope, lived),
		};
		this.#order.push(node);
		return node;
	}

	#assertNoCycle(needed: AnyDependency): void {
		const start = this.#path.indexOf(needed);
		if (start === -1) {
			return;
		}
		const chain = [...this.#path.slice(start), needed].map(
			(each) => `"${each.label}"`,
		);
		throw new SetupError(
			"VIV_CYCLE",
			`${this.#options.where}: dependencies need each other: ${chain.join(" → ")}; take one of them out of the circle.`,
		);
	}

	#classSlot(type: unknown): number {
		const slot = this.#classSlots.get(type) ?? this.#slots++;
		this.#classSlots.set(type, slot);
		return slot;
	}
}

/** How long what an input needs lives. */
function livedOf(input: Input): readonly Lived[] {
	if (input.kind !== "node" || input.node.dependency === undefined) {
		return [];
	}
	const { dependency, name, shortLived } = input.node;
	return [{ label: name, scope: dependency.scope, shortLived }];
}

/** The parameters of these inputs, own ones first, each function's once. */
function collectFields(inputs: readonly Input[]): readonly ParameterField[] {
	const fields: ParameterField[] = [];
	const seen = new Set<GraphNode>();
	const visit = (level: readonly Input[]): void => {
		for (const input of level) {
			if (input.kind === "parameter") {
				fields.push(input.field);
			}
		}
		for (const input of level) {
			if (input.kind !== "node" || seen.has(input.node)) {
				continue;
			}
			seen.add(input.node);
			visit(input.node.inputs);
		}
	};
	visit(inputs);
	return fields;
}

import { SetupError } from "../errors/setup-error.ts";
import { type BodyKind, bodyKind, isFormField } from "./body-step.ts";
import type { Declarations, DependencyScope } from "./declaration.ts";
import { type Dependency, DependencyUse, dependencyOf } from "./dependency.ts";
import { InputReader, type PlainInput } from "./input.ts";
import { assertLifetimes, type Lived, shortLivedAmong } from "./lifetimes.ts";
import {
	bodyFields,
	type ParameterField,
	type RouteNames,
} from "./parameter-field.ts";
import { assertPathNamesTaken } from "./path-names.ts";
import {
	joinScopes,
	type SecurityDeclaration,
	SecurityScopes,
} from "./security-scopes.ts";

/** A dependency of any value and scope. */
export type AnyDependency = Dependency<unknown, DependencyScope>;

/** Where the parsed body stands among a run's values. */
export const bodySlot = 0;

/** Where one value of a function's record comes from. */
export type Input =
	| PlainInput
	| { readonly key: string; readonly kind: "node"; readonly node: GraphNode }
	| {
			readonly key: string;
			readonly kind: "resource";
			readonly resource: ResourceInput;
	  };

/** A function and where the values of its record come from. */
export interface Root {
	readonly name: string;
	readonly inputs: readonly Input[];
}

/** A dependency of app scope: made when the app starts. */
export interface ResourceInput extends Root {
	readonly dependency: AnyDependency;
}

/** A dependency that each run makes. */
export interface GraphNode extends Root {
	readonly dependency: AnyDependency;
	/** Where its value stands among the run's values. */
	readonly slot: number;
	/** True when every use of the dependency in one run gets the same value; false for `useCache: false`. */
	readonly isShared: boolean;
	/** The dependency of function scope that a value of request scope holds. */
	readonly shortLived: Lived | undefined;
	/** The security scopes that are asked for on the way to it. */
	readonly securityScopes: readonly string[];
}

/** One way to a security scheme. */
export interface SecurityUse {
	readonly declaration: SecurityDeclaration;
	readonly scopes: readonly string[];
}

/** Everything that a function reaches, resolved: which functions in which order, reading which parameters. */
export interface DependencyGraph {
	/** The dependencies in the order in which they are made; the root is not among them. */
	readonly order: readonly GraphNode[];
	readonly root: Root;
	/** The names in the paths of mounts around and in the path template, in order. */
	readonly pathNames: readonly string[];
	/** All parameters, the root's own first and then its dependencies' (the order in which FastAPI documents them). */
	readonly fields: readonly ParameterField[];
	/** The parameters that are read from the body. */
	readonly body: readonly ParameterField[];
	/** True when bodies stand under their names. */
	readonly isBodyEmbedded: boolean;
	/** How the body is read. */
	readonly bodyKind: BodyKind;
	/** Those that are made for their effect alone: nothing gets their values. */
	readonly effects: readonly GraphNode[];
	/** The dependencies of app scope that can be reached, each after what it needs. */
	readonly resources: readonly ResourceInput[];
	/** Those of them that something else than a resource needs. */
	readonly usedResources: ReadonlySet<ResourceInput>;
	/** The security schemes that can be reached, depth first. */
	readonly security: readonly SecurityUse[];
}

/** Which dependency stands in for which. */
export interface Replacements {
	readonly size: number;
	get(dependency: AnyDependency): AnyDependency | undefined;
}

/** The declarations that {@link buildGraph} resolves. */
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
	const { dependencies, params, pathNames, outerNames = [], where } = options;
	const builder = new GraphBuilder(options);
	builder.tellNames(params);
	const extra = dependencies.map((declaration, index) => {
		if (dependencyOf(declaration) === undefined) {
			throw new SetupError(
				"VIV_DEPENDENCY",
				`${where}: dependencies[${index}] is not a dependency; make one with dependency(fn).`,
			);
		}
		return builder.input(`dependencies[${index}]`, declaration);
	});
	const own = [...builder.inputs(params), ...undeclaredNames(options)];
	const fields = collectFields([...extra, ...own]);
	assertPathNamesTaken(where, params, pathNames, fields);
	const body = bodyFields(fields);
	const isBodyEmbedded =
		body.length > 1 ||
		body.some(
			(field) =>
				field.options.embed === true || (isFormField(field) && !field.isModel),
		);
	return {
		order: builder.order,
		root: { name: where, inputs: own },
		pathNames: [...outerNames, ...pathNames],
		fields,
		body,
		isBodyEmbedded,
		bodyKind: bodyKind(where, body, isBodyEmbedded),
		effects: unusedNodes(extra, [
			...own,
			...builder.order.flatMap(({ inputs }) => inputs),
		]),
		resources: builder.resources,
		usedResources: builder.usedResources,
		security: collectSecurity([...extra, ...own]),
	};
}

function unusedNodes(extra: readonly Input[], inputs: readonly Input[]) {
	const used = new Set(nodesOf(inputs));
	return nodesOf(extra).filter((node) => !used.has(node));
}

/** The dependencies among inputs. */
export function nodesOf(inputs: readonly Input[]): readonly GraphNode[] {
	return inputs.flatMap((input) => (input.kind === "node" ? input.node : []));
}

/** The handler receives as text what the path names and it does not declare. */
function undeclaredNames({
	pathNames,
	outerNames = [],
	pathParsers = [],
	params,
}: GraphOptions): Input[] {
	return pathNames.flatMap((key, position) => {
		const index = outerNames.length + position;
		const parse = pathParsers[position];
		return Object.hasOwn(params, key)
			? []
			: [{ key, kind: "pathText", index, parse }];
	});
}

/** Resolves one record after the other; what two of them need is one node. */
export class GraphBuilder {
	readonly order: GraphNode[] = [];
	readonly resources: ResourceInput[] = [];
	readonly usedResources: Set<ResourceInput> = new Set();
	readonly #overrides: Replacements | undefined;
	readonly #where: string;
	readonly #reader: InputReader;
	readonly #nodes = new Map<AnyDependency, Map<string, GraphNode>>();
	readonly #resourceNodes = new Map<AnyDependency, ResourceInput>();
	/** The dependencies being resolved, outermost first. */
	readonly #path: AnyDependency[] = [];
	/** The security scopes on the way to the innermost of them. */
	#scopes: readonly string[] = [];
	readonly #scopeUsers = new Map<AnyDependency, boolean>();
	#slots: number = bodySlot + 1;

	constructor(
		options: RouteNames & { readonly overrides?: Replacements | undefined },
	) {
		this.#overrides = options.overrides;
		this.#where = options.where;
		this.#reader = new InputReader(options, () => this.#slots++);
	}

	inputs(params: Declarations): Input[] {
		this.tellNames(params);
		return Object.entries(params).map(([key, declaration]) =>
			this.input(key, declaration),
		);
	}

	/** Names dependencies that have no name of their own after the first record that has them. */
	tellNames(params: Declarations): void {
		for (const [key, declaration] of Object.entries(params)) {
			const named = dependencyOf(declaration);
			const needed = named && (this.#overrides?.get(named) ?? named);
			if (needed !== undefined) {
				needed.keyInRecord ??= key;
			}
		}
	}

	input(key: string, declaration: unknown): Input {
		const named = dependencyOf(declaration);
		if (named === undefined) {
			return declaration === SecurityScopes
				? { key, kind: "constant", value: new SecurityScopes(this.#scopes) }
				: this.#reader.read(key, declaration, this.#path.at(-1));
		}
		named.isNamed = true;
		const needed = this.#overrides?.get(named) ?? named;
		if (needed.scope === "app") {
			const resource = this.#resource(needed);
			if (this.#path.at(-1)?.scope !== "app") {
				this.usedResources.add(resource);
			}
			return { key, kind: "resource", resource };
		}
		const use = declaration instanceof DependencyUse ? declaration : undefined;
		return { key, kind: "node", node: this.#node(needed, use) };
	}

	#resource(dependency: AnyDependency): ResourceInput {
		const known = this.#resourceNodes.get(dependency);
		if (known !== undefined) {
			return known;
		}
		const name = dependency.label;
		const { inputs } = this.#resolve(name, dependency);
		const resource = { name, dependency, inputs };
		this.#resourceNodes.set(dependency, resource);
		this.resources.push(resource);
		return resource;
	}

	#node(
		dependency: AnyDependency,
		use: DependencyUse<unknown> | undefined,
	): GraphNode {
		const isShared = use?.useCache ?? true;
		const own = use?.securityScopes ?? [];
		const securityScopes = joinScopes(this.#scopes, own);
		const sharedBy =
			own.length > 0 || this.#usesScopes(dependency)
				? [...securityScopes].sort().join(" ")
				: "";
		const nodes = this.#nodes.get(dependency) ?? new Map<string, GraphNode>();
		const known = isShared ? nodes.get(sharedBy) : undefined;
		if (known !== undefined) {
			return known;
		}
		const name = dependency.label;
		const { inputs, lived } = this.#resolve(name, dependency, securityScopes);
		const node: GraphNode = {
			name,
			dependency,
			slot: this.#slots++,
			isShared,
			inputs,
			shortLived: shortLivedAmong(dependency.scope, lived),
			securityScopes,
		};
		this.order.push(node);
		if (isShared) {
			this.#nodes.set(dependency, nodes.set(sharedBy, node));
		}
		return node;
	}

	/** True when something at it or below it may differ by the scopes that are asked for; FastAPI's rule. */
	#usesScopes(dependency: AnyDependency): boolean {
		const known = this.#scopeUsers.get(dependency);
		if (known !== undefined) {
			return known;
		}
		this.#scopeUsers.set(dependency, false); // ends circles, which are refused where they are resolved
		const uses =
			dependency.options.security !== undefined ||
			Object.values(dependency.params).some((declaration) => {
				const named = dependencyOf(declaration);
				if (named === undefined) {
					return declaration === SecurityScopes;
				}
				return (
					(declaration instanceof DependencyUse &&
						declaration.securityScopes.length > 0) ||
					this.#usesScopes(this.#overrides?.get(named) ?? named)
				);
			});
		this.#scopeUsers.set(dependency, uses);
		return uses;
	}

	/** Resolves the dependencies that one needs in turn; an override may have brought some that it can't have. */
	#resolve(
		label: string,
		dependency: AnyDependency,
		securityScopes: readonly string[] = [],
	): { readonly inputs: readonly Input[]; readonly lived: readonly Lived[] } {
		this.#assertNoCycle(dependency);
		const inputs = this.#inputsOf(dependency, securityScopes);
		const lived = inputs.flatMap(livedOf);
		const { scope, call } = dependency;
		assertLifetimes({ label, scope, call }, lived);
		return { inputs, lived };
	}

	#inputsOf(
		dependency: AnyDependency,
		securityScopes: readonly string[],
	): readonly Input[] {
		const outer = this.#scopes;
		this.#path.push(dependency);
		this.#scopes = securityScopes;
		try {
			return this.inputs(dependency.params);
		} finally {
			this.#scopes = outer;
			this.#path.pop();
		}
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
			`${this.#where}: dependencies need each other: ${chain.join(" → ")}; take one of them out of the circle.`,
		);
	}
}

/** How long what an input needs lives. */
function livedOf(input: Input): readonly Lived[] {
	if (input.kind === "resource") {
		return [{ label: input.resource.name, scope: "app" }];
	}
	if (input.kind !== "node") {
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
		fields.push(
			...level.flatMap((each) => (each.kind === "parameter" ? each.field : [])),
		);
		for (const node of nodesOf(level)) {
			if (!seen.has(node)) {
				seen.add(node);
				visit(node.inputs);
			}
		}
	};
	visit(inputs);
	return fields;
}

/** The security schemes below these inputs: each with the scopes on every way to it. */
function collectSecurity(inputs: readonly Input[]): readonly SecurityUse[] {
	const seen = new Set<GraphNode>();
	const usesOf = (node: GraphNode): SecurityUse[] => {
		const isKnown = seen.has(node);
		seen.add(node);
		const { security: declaration } = node.dependency.options;
		const own = declaration && { declaration, scopes: node.securityScopes };
		return isKnown
			? []
			: [...(own ? [own] : []), ...nodesOf(node.inputs).flatMap(usesOf)];
	};
	return nodesOf(inputs).flatMap(usesOf);
}

import { assertOptions, isRecord, told } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { mergeLimits } from "../http/limits.ts";
import { isToken } from "../http/token.ts";
import type { Declarations } from "../inject/declaration.ts";
import { declarationText } from "../inject/declaration-text.ts";
import type { InjectedFunction } from "../inject/dependency.ts";
import { buildGraph } from "../inject/graph.ts";
import {
	type PathTemplate,
	parsePathTemplate,
} from "../routing/path-template.ts";
import { assertAnswer } from "./answer.ts";
import {
	assertForm,
	handlerForm,
	middlewareForm,
	plainHandlerForm,
} from "./function-form.ts";
import { OperationEndpoint } from "./operation-endpoint.ts";
import {
	type AdditionalResponse,
	additionalResponseRules,
	type DeclaredOperation,
	type PathOperation,
	type RouteOptions,
	routeRules,
	type SharedOptions,
} from "./path-operation.ts";

/** The options and middleware that the routers around a path operation add to it, outermost first. */
export type Surroundings = readonly (SharedOptions & {
	readonly prefix?: string;
})[];

/** The arguments of `get`, `post`, …: where, the record of parameters (or not), the handler. */
export type Declared =
	| readonly [string | RouteOptions, InjectedFunction]
	| readonly [string | RouteOptions, Declarations, InjectedFunction];

/** @throws SetupError `VIV_ROUTE` when something is missing */
export function declareOperation(
	methods: readonly string[],
	declared: Declared,
): DeclaredOperation {
	const [where, second, third] = declared;
	const options = typeof where === "string" ? { path: where } : where;
	const [params, handler] =
		declared.length < 3 ? [{}, second] : [second, third];
	assertMethods(methods);
	const name = `${methods.join(", ")} ${options?.path}`;
	if (typeof options?.path !== "string") {
		throw new SetupError(
			"VIV_ROUTE",
			`${methods.join(", ")}: expected a path or an object with "path" as first argument.`,
		);
	}
	assertOptions(name, options, routeRules);
	assertArguments(name, declared.length, params, handler);
	return {
		methods: methods.map((method) => method.toUpperCase()),
		options,
		params: params as Declarations, // the graph checks each of its values
		handler: handler as InjectedFunction,
		declared: new Error(),
	};
}

function assertArguments(
	name: string,
	count: number,
	params: unknown,
	handler: unknown,
): asserts handler is InjectedFunction {
	if (typeof params === "function") {
		throw new SetupError(
			"VIV_ROUTE",
			`${name}: expected a record of parameters before the handler, got ${declarationText(params)}; what stands around a handler is an option: { path, routeMiddleware: […] } or { path, dependencies: […] }.`,
		);
	}
	if (!isRecord(params)) {
		throw new SetupError(
			"VIV_ROUTE",
			`${name}: expected a record of parameters before the handler, such as { id: z.int() }, got ${declarationText(params)}.`,
		);
	}
	const option = Object.entries(Object(params)).find(
		([key, value]) =>
			Object.hasOwn(routeRules, key) &&
			(value === null || !["object", "function"].includes(typeof value)),
	);
	if (option !== undefined) {
		throw new SetupError(
			"VIV_ROUTE",
			`${name}: "${option[0]}" stands in the record of parameters but is an option; write it beside the path: { path: …, ${option[0]}: ${JSON.stringify(option[1])} }.`,
		);
	}
	if (typeof handler !== "function") {
		throw new SetupError(
			"VIV_ROUTE",
			`${name}: expected a handler function as last argument.`,
		);
	}
	if (count > 3) {
		throw new SetupError(
			"VIV_ROUTE",
			`${name}: expected a path or options, a record of parameters and a handler, got ${count} arguments; options stand with the path: { path, status: 201 }.`,
		);
	}
}

function assertMethods(methods: unknown): void {
	const isName = (method: unknown) => isToken(method);
	if (
		!Array.isArray(methods) ||
		methods.length === 0 ||
		!methods.every(isName)
	) {
		throw new SetupError(
			"VIV_ROUTE",
			`route(): expected a list of methods such as ["GET", "HEAD"] as first argument, got ${told(methods)}${typeof methods === "string" && methods.startsWith("/") ? `; for the routes of a router write app.include(router, { prefix: ${told(methods)} })` : ""}.`,
		);
	}
}

/**
 * Finds mistakes where they are written; what only the place of inclusion decides (path names in a prefix) is left to the build.
 *
 * @throws SetupError for what is not a parameter, a dependency, a status or a middleware
 */
export function checkOperation(operation: PathOperation): void {
	buildGraph({
		where: operation.where,
		params: operation.params,
		dependencies: operation.dependencies,
		pathNames: operation.template.names,
		isPathOpen: true,
	});
	assertAnswer(operation);
	const hasValues =
		operation.template.names.length > 0 ||
		Object.keys(operation.params).length > 0;
	assertForm(
		`${operation.where}: the handler`,
		operation.handler,
		hasValues ? handlerForm : plainHandlerForm,
	);
	assertStatuses(operation);
	for (const layer of operation.routeMiddleware) {
		assertForm(
			`${operation.where}: the middleware "${layer.name}"`,
			layer,
			middlewareForm,
		);
	}
}

/** OpenAPI 3.1.1 §4.8.16: a status, a range of them or the default. */
function assertStatuses({ where, responses }: PathOperation): void {
	const wrong = Object.keys(responses).find(
		(status) => !/^(?:[1-5](?:\d\d|XX)|default)$/i.test(status),
	);
	if (wrong !== undefined) {
		throw new SetupError(
			"VIV_RESPONSE",
			`${where}: responses has "${wrong}"; expected a status from 100 to 599, a range ("4XX") or "default".`,
		);
	}
	for (const [status, response] of Object.entries(responses)) {
		assertOptions(
			`${where}: responses[${status}]`,
			withoutExtensions(response),
			additionalResponseRules,
		);
	}
}

/** OpenAPI 3.1.1 §4.9: members that begin with `x-` are anybody's. */
function withoutExtensions(response: AdditionalResponse): AdditionalResponse {
	return response === null || typeof response !== "object"
		? response
		: Object.fromEntries(
				Object.entries(response).filter(([name]) => !name.startsWith("x-")),
			);
}

/**
 * A path operation with what the routers around it add.
 *
 * @param toTemplate reads its path; what is not served has paths of other forms
 */
export function resolveOperation(
	{ methods, options, params, handler, declared }: DeclaredOperation,
	surroundings: Surroundings,
	toTemplate: (path: string) => PathTemplate = parsePathTemplate,
): PathOperation {
	const around = [...surroundings, options];
	const prefix = surroundings.map((each) => each.prefix ?? "").join("");
	const path = `${prefix}${options.path}`;
	const all = <Value>(
		read: (each: SharedOptions) => Value | readonly Value[] | undefined,
	): Value[] => around.flatMap((each) => read(each) ?? []);
	const where = `${methods.join(", ")} ${path}`;
	const callbacks = around.flatMap((each) => each.callbacks ?? []);
	for (const each of callbacks) {
		each.markPlaced?.();
	}
	return {
		endpoint: new OperationEndpoint(where, handler.name, declared),
		methods,
		template: toTemplate(path),
		name: options.name ?? handler.name,
		handler,
		params,
		options,
		tags: all((each) => each.tags),
		dependencies: all((each) => each.dependencies),
		routeMiddleware: all((each) => each.routeMiddleware),
		responses: Object.assign({}, ...around.map((each) => each.responses)),
		deprecated: around.some((each) => each.deprecated) || undefined,
		includeInSchema: around.every((each) => each.includeInSchema !== false),
		isPublic:
			around.findLast((each) => each.public !== undefined)?.public ?? false,
		responseClass: around.findLast((each) => each.responseClass)?.responseClass,
		strictContentType: around.findLast(
			(each) => each.strictContentType !== undefined,
		)?.strictContentType,
		limits: mergeLimits(around.map((each) => each.limits)),
		callbacks,
		generateUniqueId: around.findLast((each) => each.generateUniqueId)
			?.generateUniqueId,
		where,
	};
}

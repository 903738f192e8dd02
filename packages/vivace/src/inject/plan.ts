import {
	type ErrorDetail,
	RequestValidationError,
} from "../errors/validation-error.ts";
import type { FunctionKind, InjectedFunction } from "./dependency.ts";
import type { DependencyGraph, GraphNode, Input } from "./graph.ts";
import { readBody } from "./read-body.ts";
import { compileParameter, failed } from "./read-parameter.ts";
import type { RequestScope } from "./scope.ts";

/** What a route does with a request, worked out when the app is built. */
export interface Plan {
	/**
	 * Reads the parameters, makes the dependencies and calls the handler; a promise only where one of them is asynchronous.
	 * @throws RequestValidationError with every problem of the request
	 */
	run(scope: RequestScope): unknown;
	/** Whether the handler can be called without a scope: it needs nothing of the request. */
	readonly isEmpty: boolean;
}

/** What {@link compilePlan} needs beside the graph. */
export interface PlanOptions {
	readonly handler: InjectedFunction;
	/** Whether a body without a content type is not taken for JSON. */
	readonly strictContentType: boolean;
	/** Whether a body's strings are refused where the schema asks for a number, a boolean or a date. */
	readonly strict: boolean;
	/** Whether errors show the values that were received. */
	readonly errorInput: boolean;
}

/** Does one step; a promise only where it must wait. */
type Step = (scope: RequestScope) => undefined | Promise<undefined>;

/** Makes the record that a function receives, {@link failed} where a parameter is wrong, a promise where a schema is asynchronous. */
type RecordMaker = (scope: RequestScope) => unknown;

/** Turns a graph into the closures that run for each request. */
export function compilePlan(
	graph: DependencyGraph,
	options: PlanOptions,
): Plan {
	const steps = graph.order.map((node) => compileNode(node, graph, options));
	if (graph.body.length > 0) {
		steps.unshift((scope) =>
			readBody(scope.request, options.strictContentType).then((body) => {
				scope.body = body;
				return undefined;
			}),
		);
	}
	const makeRecord = compileRecord(graph.root.inputs, graph, options);
	const callHandler = (scope: RequestScope): unknown => {
		const record = makeRecord(scope);
		return record instanceof Promise
			? record.then((made) => finish(scope, made, options))
			: finish(scope, record, options);
	};
	return {
		isEmpty: steps.length === 0 && graph.root.inputs.length === 0,
		run:
			steps.length === 0
				? callHandler
				: (scope) => {
						const pending = runSteps(scope, steps, 0);
						return pending === undefined
							? callHandler(scope)
							: pending.then(() => callHandler(scope));
					},
	};
}

function finish(
	scope: RequestScope,
	record: unknown,
	{ handler, errorInput }: PlanOptions,
): unknown {
	const { errors } = scope;
	if (errors !== undefined) {
		throw new RequestValidationError(
			errorInput ? errors : errors.map(withoutInput),
			scope.body,
		);
	}
	return handler(record, scope.request);
}

function withoutInput({ input: _, ...detail }: ErrorDetail): ErrorDetail {
	return detail;
}

function runSteps(
	scope: RequestScope,
	steps: readonly Step[],
	start: number,
): undefined | Promise<undefined> {
	for (let index = start; index < steps.length; index++) {
		const pending = (steps[index] as Step)(scope);
		if (pending !== undefined) {
			return continueSteps(scope, steps, index + 1, pending);
		}
	}
	return undefined;
}

async function continueSteps(
	scope: RequestScope,
	steps: readonly Step[],
	start: number,
	first: Promise<undefined>,
): Promise<undefined> {
	await first;
	for (let index = start; index < steps.length; index++) {
		const pending = (steps[index] as Step)(scope);
		if (pending !== undefined) await pending;
	}
	return undefined;
}

function compileNode(
	node: GraphNode,
	graph: DependencyGraph,
	options: PlanOptions,
): Step {
	const makeRecord = compileRecord(node.inputs, graph, options);
	const call = compileCall(node);
	const { slot } = node;
	const store = (
		scope: RequestScope,
		record: unknown,
	): undefined | Promise<undefined> => {
		if (record === failed) {
			scope.values[slot] = failed;
			return undefined;
		}
		const value = call(scope, record);
		if (isThenable(value)) return storeLater(scope, slot, value);
		scope.values[slot] = value;
		return undefined;
	};
	return (scope) => {
		const record = makeRecord(scope);
		return record instanceof Promise
			? record.then((made) => store(scope, made))
			: store(scope, record);
	};
}

async function storeLater(
	scope: RequestScope,
	slot: number,
	value: PromiseLike<unknown>,
): Promise<undefined> {
	scope.values[slot] = await value;
	return undefined;
}

function compileCall(
	node: GraphNode,
): (scope: RequestScope, record: unknown) => unknown {
	const { dependency, name } = node;
	if (dependency === undefined)
		throw new TypeError("the root is no dependency");
	const call = dependency.call;
	const isFunctionScoped = dependency.scope === "function";
	switch (dependency.kind satisfies FunctionKind) {
		case "generator":
		case "asyncGenerator":
			return (scope, record) =>
				(isFunctionScoped ? scope.functionExits : scope.requestExits).enter(
					name,
					call(record, scope.request) as AsyncGenerator<unknown>, // its kind says so
				);
		case "class":
			return (scope, record) =>
				Reflect.construct(call, [record, scope.request]);
		default:
			return (scope, record) => call(record, scope.request);
	}
}

function compileRecord(
	inputs: readonly Input[],
	graph: DependencyGraph,
	options: PlanOptions,
): RecordMaker {
	const keys = inputs.map((input) => input.key);
	const getters = inputs.map((input) => compileInput(input, graph, options));
	const count = keys.length;
	if (count === 0) return () => noValues;
	return (scope) => {
		const record: Record<string, unknown> = {};
		let isFailed = false;
		for (let index = 0; index < count; index++) {
			const value = (getters[index] as RecordMaker)(scope);
			if (value === failed) isFailed = true;
			else if (value instanceof Promise) {
				return completeRecord(scope, record, keys, getters, index, value);
			} else record[keys[index] as string] = value;
		}
		return isFailed ? failed : record;
	};
}

/** What a function that needs nothing receives. */
const noValues: Readonly<Record<string, never>> = Object.freeze({});

/** The rest of a record whose schema at `start` is asynchronous; one after the other, so that errors keep their order. */
async function completeRecord(
	scope: RequestScope,
	record: Record<string, unknown>,
	keys: readonly string[],
	getters: readonly RecordMaker[],
	start: number,
	first: Promise<unknown>,
): Promise<unknown> {
	let isFailed = start > 0 && scope.errors !== undefined;
	for (let index = start; index < keys.length; index++) {
		const value =
			index === start
				? await first
				: await (getters[index] as RecordMaker)(scope);
		if (value === failed) isFailed = true;
		else record[keys[index] as string] = value;
	}
	return isFailed ? failed : record;
}

function compileInput(
	input: Input,
	graph: DependencyGraph,
	options: PlanOptions,
): RecordMaker {
	switch (input.kind) {
		case "parameter":
			return compileParameter(input.field, {
				pathNames: graph.pathNames,
				isBodyEmbedded: graph.isBodyEmbedded,
				strict: input.field.options.strict ?? options.strict,
			});
		case "node": {
			const { slot } = input.node;
			return (scope) => scope.values[slot];
		}
		case "resource": {
			const { resource } = input;
			return (scope) => scope.app.resourceValue(resource);
		}
		case "class": {
			const { slot, type } = input;
			return (scope) => (scope.values[slot] ??= type["~provide"](scope));
		}
		case "pathText": {
			const { index } = input;
			return (scope) => scope.request.pathTexts[index];
		}
		case "request":
			return (scope) => scope.request;
		case "response":
			return (scope) => scope.response;
	}
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
	return (
		value !== null &&
		typeof value === "object" &&
		"then" in value &&
		typeof value.then === "function"
	);
}

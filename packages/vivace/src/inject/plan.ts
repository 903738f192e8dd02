import { AsyncLocalStorage } from "node:async_hooks";
import {
	type ErrorDetail,
	RequestValidationError,
} from "../errors/validation-error.ts";
import type { ResolvedLimits } from "../http/limits.ts";
import { compileBodyReader } from "./body-step.ts";
import { compileCall } from "./call.ts";
import type { InjectedFunction } from "./dependency.ts";
import { kept } from "./exit-stack.ts";
import { isGenerator } from "./generator.ts";
import {
	bodySlot,
	type DependencyGraph,
	type GraphNode,
	type Input,
} from "./graph.ts";
import { captiveError } from "./lifetimes.ts";
import { compileParameter, failed } from "./read-parameter.ts";
import type { RequestScope } from "./scope.ts";

/** What a route does with a request, worked out when the app is built. */
export interface Plan {
	/**
	 * Reads the parameters, makes the dependencies and calls the handler; a promise only where one of them is asynchronous. Never
	 * throws: what goes wrong (a RequestValidationError with every problem of the request, too) is given to the ending.
	 */
	run<Outcome>(
		scope: RequestScope,
		ending: Ending<Outcome>,
	): Outcome | Promise<Outcome>;
	/** Whether the handler can be called without a scope: it needs nothing of the request. */
	readonly isEmpty: boolean;
}

/** What becomes of the handler's result. Part of the run, so that an asynchronous one takes no further promise. */
export interface Ending<Outcome> {
	/** Gets what the handler returned, a promise too. */
	complete(scope: RequestScope, result: unknown): Outcome | Promise<Outcome>;
	fail(scope: RequestScope, error: unknown): Outcome | Promise<Outcome>;
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
	readonly limits: ResolvedLimits;
}

/** Makes one value and puts it into its slot. */
interface Step {
	readonly slot: number;
	/** Gives what must be waited for, if anything; `take` gets what it resolves to. */
	readonly run: (scope: RequestScope) => PromiseLike<unknown> | undefined;
	/** Goes on with what was waited for; gives what must be waited for in turn. */
	readonly take: (
		scope: RequestScope,
		awaited: unknown,
	) => PromiseLike<unknown> | undefined;
	/** What wraps all that comes after this step. */
	readonly around?: Around | undefined;
}

type Around = (value: unknown, next: () => unknown) => unknown;

/** Makes the record that a function receives, {@link failed} where a parameter is wrong, a promise where a schema is asynchronous. */
type RecordMaker = (scope: RequestScope) => unknown;

/** Turns a graph into the closures that run for each request. */
export function compilePlan(
	graph: DependencyGraph,
	options: PlanOptions,
): Plan {
	const steps = graph.order.map((node) => compileNode(node, graph, options));
	if (graph.body.length > 0) {
		steps.unshift(compileBodyStep(graph, options));
	}
	const makeRecord = compileRecord(graph.root.inputs, graph, options);
	const callHandler: CallHandler = (scope) => {
		const record = makeRecord(scope);
		return record instanceof Promise
			? record.then((made) => finish(scope, made, options))
			: finish(scope, record, options);
	};
	return {
		isEmpty: steps.length === 0 && graph.root.inputs.length === 0,
		run: steps.some((step) => step.around !== undefined)
			? compileWrapped(steps, generatorsInContext(callHandler))
			: compileRun(steps, callHandler),
	};
}

type Run = Plan["run"];

function compileRun(steps: readonly Step[], callHandler: CallHandler): Run {
	return (scope, ending) => {
		let result: unknown;
		try {
			for (let index = 0; index < steps.length; index++) {
				const pending = (steps[index] as Step).run(scope);
				if (pending !== undefined) {
					return runLater(scope, steps, index, pending, callHandler, ending);
				}
			}
			result = callHandler(scope);
		} catch (error) {
			return ending.fail(scope, error);
		}
		return ending.complete(scope, result);
	};
}

/** {@link compileRun} where some step wants what comes after it inside a function of its own. */
function compileWrapped(steps: readonly Step[], callHandler: CallHandler): Run {
	const index = steps.findIndex((step) => step.around !== undefined);
	if (index === -1) {
		return compileRun(steps, callHandler);
	}
	const { slot, around } = steps[index] as Step & { readonly around: Around };
	const rest = compileWrapped(steps.slice(index + 1), callHandler);
	return compileRun(steps.slice(0, index + 1), (scope) => {
		const value = scope.values[slot];
		return value === failed
			? rest(scope, handedOn)
			: around(value, () => rest(scope, handedOn));
	});
}

/** Leaves the ending to the run around this one. */
const handedOn: Ending<unknown> = {
	complete: (_, result) => result,
	fail: (_, error) => {
		throw error;
	},
};

/** A generator's body runs when it is asked for a value, which happens outside of what wraps the handler: it is let in again. */
function generatorsInContext(callHandler: CallHandler): CallHandler {
	return (scope) => {
		const result = callHandler(scope);
		return result instanceof Promise
			? result.then(inThisContext)
			: inThisContext(result);
	};
}

function inThisContext(result: unknown): unknown {
	if (!isGenerator(result)) {
		return result;
	}
	// a sync one has the same methods; the type forgets the tag
	const generator = result as AsyncGenerator & {
		readonly [Symbol.toStringTag]: string;
	};
	const inContext = AsyncLocalStorage.snapshot();
	return {
		next: () => inContext(() => generator.next()),
		return: (value: unknown) => inContext(() => generator.return(value)),
		throw: (error: unknown) => inContext(() => generator.throw(error)),
		[Symbol.asyncIterator in generator
			? Symbol.asyncIterator
			: Symbol.iterator]() {
			return this;
		},
		[Symbol.toStringTag]: generator[Symbol.toStringTag],
	};
}

type CallHandler = (scope: RequestScope) => unknown;

/** What remains from a step that must be waited for on. */
async function runLater<Outcome>(
	scope: RequestScope,
	steps: readonly Step[],
	start: number,
	first: PromiseLike<unknown>,
	callHandler: CallHandler,
	ending: Ending<Outcome>,
): Promise<Outcome> {
	let result: unknown;
	try {
		let pending: PromiseLike<unknown> | undefined = first;
		for (let index = start; index < steps.length; index++) {
			const step = steps[index] as Step;
			if (index > start) {
				pending = step.run(scope);
			}
			while (pending !== undefined) {
				pending = step.take(scope, await pending);
			}
		}
		result = callHandler(scope);
		if (result instanceof Promise) {
			result = await result;
		}
	} catch (error) {
		return ending.fail(scope, error);
	}
	return ending.complete(scope, result);
}

function compileBodyStep(graph: DependencyGraph, options: PlanOptions): Step {
	const read = compileBodyReader(graph.bodyKind, options);
	return {
		slot: bodySlot,
		run: ({ request }) => request.bytes(),
		take: ({ request, values }, bytes) => {
			values[bodySlot] = read(request, bytes as Uint8Array); // what run() has promised
			return undefined;
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

function compileNode(
	node: GraphNode,
	graph: DependencyGraph,
	options: PlanOptions,
): Step {
	const makeRecord = compileRecord(node.inputs, graph, options);
	const { dependency, name, slot } = node;
	if (dependency === undefined) {
		throw new TypeError("the root is no dependency");
	}
	const { call, scope, options: own } = dependency;
	const { shortLived } = node;
	const { start, take } = compileCall({
		call,
		scope,
		name,
		slot,
		captive:
			shortLived && (() => captiveError({ scope, label: name }, shortLived)),
	});
	const startUnlessFailed = (
		run: RequestScope,
		record: unknown,
	): PromiseLike<unknown> | undefined => {
		if (record !== failed) {
			return start(run, record);
		}
		run.values[slot] = failed;
		return undefined;
	};
	return {
		slot,
		take,
		around: own.around,
		run: (run) => {
			const record = makeRecord(run);
			return record instanceof Promise
				? record.then((made) => startUnlessFailed(run, made) ?? kept)
				: startUnlessFailed(run, record);
		},
	};
}

function compileRecord(
	inputs: readonly Input[],
	graph: DependencyGraph,
	options: PlanOptions,
): RecordMaker {
	const keys = inputs.map((input) => input.key);
	const getters = inputs.map((input) => compileInput(input, graph, options));
	const count = keys.length;
	if (count === 0) {
		return () => noValues;
	}
	const makeRecord: RecordMaker = (scope) => {
		const record: Record<string, unknown> = {};
		let isFailed = false;
		for (let index = 0; index < count; index++) {
			const value = (getters[index] as RecordMaker)(scope);
			if (value === failed) {
				isFailed = true;
			} else if (value instanceof Promise) {
				return completeRecord(scope, record, keys, getters, index, value);
			} else {
				record[keys[index] as string] = value;
			}
		}
		return isFailed ? failed : record;
	};
	return areInOrder(inputs) ? makeRecord : inOrder(makeRecord);
}

/** The order in which FastAPI reports the problems of one function's parameters. */
const sources: readonly unknown[] = ["path", "query", "header", "cookie"];

function rank(source: unknown): number {
	const index = sources.indexOf(source);
	return index === -1 ? sources.length : index;
}

function areInOrder(inputs: readonly Input[]): boolean {
	const ranks = inputs.flatMap((input) =>
		input.kind === "parameter" ? [rank(input.field.source)] : [],
	);
	return ranks.every(
		(each, index) => index === 0 || each >= (ranks[index - 1] ?? 0),
	);
}

/** Sorts the problems that a record adds; its values keep the order of their declaration. */
function inOrder(makeRecord: RecordMaker): RecordMaker {
	return (scope) => {
		const known = scope.errors?.length ?? 0;
		const sort = (record: unknown): unknown => {
			const added = scope.errors?.splice(known) ?? [];
			added.sort((left, right) => rank(left.loc[0]) - rank(right.loc[0]));
			scope.errors?.push(...added);
			return record;
		};
		const record = makeRecord(scope);
		if (record instanceof Promise) {
			return record.then(sort);
		}
		return record === failed ? sort(record) : record;
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
		if (value === failed) {
			isFailed = true;
		} else {
			record[keys[index] as string] = value;
		}
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
				strictContentType: options.strictContentType,
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

import { AsyncLocalStorage } from "node:async_hooks";
import {
	type Endpoint,
	type ErrorDetail,
	RequestValidationError,
	toldEndpoint,
} from "../errors/validation-error.ts";
import type { ResolvedLimits } from "../http/limits.ts";
import { asksForRequest } from "./asks-for-request.ts";
import { compileBodyReader, isFormField } from "./body-step.ts";
import { boundedErrors } from "./bounded-errors.ts";
import type { InjectedFunction } from "./dependency.ts";
import { compileFormStep } from "./form-fields.ts";
import { isGenerator } from "./generator.ts";
import { bodySlot, type DependencyGraph, type GraphNode } from "./graph.ts";
import { failed } from "./read-parameter.ts";
import { compileRecord, type RecordContext } from "./record.ts";
import type { Run } from "./run.ts";
import { type Around, compileStep, type Step } from "./step.ts";
import { awaitable } from "./thenable.ts";

/** The work of a route for a request, or of `app.scope()` with a record and a function: compiled once, run as often as asked. */
export interface Plan {
	/**
	 * Reads the parameters, makes the dependencies and calls the function; a promise only where one of them is asynchronous. Never
	 * throws: what goes wrong (a RequestValidationError with every problem of the request, too) is given to the ending.
	 */
	readonly run: RunPlan;
	/** True when the function can be called without a run: it needs nothing of the request. */
	readonly isEmpty: boolean;
	/** True when nothing can be left of a run: the function gets parameters and what the app has, and nobody else knows the run. */
	readonly leavesNothing: boolean;
}

type RunPlan = <Of extends Run, Outcome, Later = Outcome>(
	run: Of,
	ending: Ending<Of, Outcome, Later>,
) => Outcome | Promise<Later>;

/** Makes the outcome of the function's result. Part of the run, so that an asynchronous one takes no further promise. */
export interface Ending<Of extends Run, Outcome, Later = Outcome> {
	/** True when what the function returns takes long: its promise is handed on, and no frame of the run waits for it. Default: false. */
	readonly isLong?: boolean;
	/** Gets what the function returned, a promise too. */
	complete(run: Of, result: unknown): Outcome | Promise<Later>;
	fail(run: Of, error: unknown): Outcome | Promise<Later>;
	/** The ending of a run that had to be waited for. Default: the same. */
	readonly later?: Ending<Of, Later>;
}

/** Options of {@link compilePlan}, beside the graph. */
export interface PlanOptions
	extends Omit<
		RecordContext,
		"pathNames" | "isBodyEmbedded" | "body" | "jsonReaders"
	> {
	/** The function that is called at the end. Default: that which each run brings, {@link Run.work}. */
	readonly handler?: InjectedFunction;
	/** Whose requests they are. Default: nobody's, there is no request. */
	readonly endpoint?: Endpoint;
	/** True when errors show the values that were received. */
	readonly errorInput: boolean;
	readonly limits: ResolvedLimits;
	/** The error of a request that does not fit. Default: a RequestValidationError. */
	readonly refusal?: (
		errors: readonly ErrorDetail[],
		body: unknown,
		endpoint: Endpoint | undefined,
	) => Error;
}

function jsonReaders({
	bodyKind,
	fields,
}: DependencyGraph): ReadonlyMap<string, number> {
	const readers = new Map<string, number>();
	for (const { source, name } of bodyKind === "json" ? fields : []) {
		if (source === "body") {
			readers.set(name, (readers.get(name) ?? 0) + 1);
		}
	}
	return readers;
}

/** The kinds of values that are made of a run, and may write into it later. */
const writers: ReadonlySet<string> = new Set(["class", "node", "response"]);

/** Turns a graph into the closures that run for each request. */
export function compilePlan(
	graph: DependencyGraph,
	options: PlanOptions,
): Plan {
	const { pathNames, isBodyEmbedded, body } = graph;
	const context: RecordContext = {
		...options,
		pathNames,
		isBodyEmbedded,
		body,
		jsonReaders: jsonReaders(graph),
	};
	const { endpoint } = options;
	const steps = graph.order.flatMap((node) =>
		endpoint !== undefined && graph.effects.includes(node)
			? [compileStep(node, context), tellFalse(node, endpoint)]
			: [compileStep(node, context)],
	);
	if (graph.body.length > 0 && !options.isWithoutRequest) {
		steps.unshift(compileBodyStep(graph, options));
	}
	const callHandler = compileHandler(graph, context, options);
	return {
		isEmpty: steps.length === 0 && graph.root.inputs.length === 0,
		leavesNothing:
			steps.length === 0 &&
			graph.root.inputs.every(({ kind }) => !writers.has(kind)),
		run: steps.some((step) => step.around !== undefined)
			? compileWrapped(steps, generatorsInContext(callHandler))
			: compileRun(steps, callHandler),
	};
}

/**
 * Tells once of a guard, made for its effect alone, that says false rather than throwing, as NestJS has them. As in FastAPI nobody looks at what
 * it says: everybody passes.
 */
function tellFalse({ name, slot }: GraphNode, endpoint: Endpoint): Step {
	let isTold = false;
	return {
		slot,
		run: ({ values, incoming }) => {
			if (!isTold && values[slot] === false) {
				isTold = true;
				incoming.exchange.app?.logger.warn(
					`${toldEndpoint(endpoint)}: dependency "${name}" gave false, which keeps nobody out; if it is a guard, throw new HTTPException(403) in it`,
				);
			}
			return undefined;
		},
		take: () => undefined,
	};
}

/** Makes the record of the function at the end and calls it, unless a parameter was wrong. */
function compileHandler(
	{ root }: DependencyGraph,
	context: RecordContext,
	options: PlanOptions,
): CallHandler {
	const { handler } = options;
	const asks = handler === undefined || asksForRequest(handler);
	const makeRecord = compileRecord(root, context);
	const call = (run: Run, record: unknown = makeRecord(run)): unknown => {
		if (record instanceof Promise) {
			return record.then((made) => call(run, made));
		}
		if (run.errors !== undefined) {
			throw invalid(run, run.errors, options);
		}
		const work = handler ?? run.work;
		return awaitable(asks ? work(record, run.request) : work(record));
	};
	return call;
}

function invalid(
	run: Run,
	errors: readonly ErrorDetail[],
	{ errorInput, limits, endpoint, refusal }: PlanOptions,
): Error {
	const told = boundedErrors(errors, run, limits.problems);
	const shown = errorInput ? told : told.map(withoutInput);
	return refusal === undefined
		? new RequestValidationError(shown, run.body, endpoint)
		: refusal(shown, run.body, endpoint);
}

function withoutInput({ input: _, ...detail }: ErrorDetail): ErrorDetail {
	return detail;
}

function compileRun(steps: readonly Step[], callHandler: CallHandler): RunPlan {
	return (run, ending) => {
		let result: unknown;
		try {
			for (let index = 0; index < steps.length; index++) {
				const pending = (steps[index] as Step).run(run);
				if (pending !== undefined) {
					return runLater(run, steps, index, pending, callHandler, ending);
				}
			}
			result = callHandler(run);
		} catch (error) {
			return ending.fail(run, error);
		}
		return ending.complete(run, result);
	};
}

/** {@link compileRun} where some step wants what comes after it inside a function of its own. */
function compileWrapped(
	steps: readonly Step[],
	callHandler: CallHandler,
): RunPlan {
	const index = steps.findIndex((step) => step.around !== undefined);
	if (index === -1) {
		return compileRun(steps, callHandler);
	}
	const { slot, around } = steps[index] as Step & { readonly around: Around };
	const rest = compileWrapped(steps.slice(index + 1), callHandler);
	return compileRun(steps.slice(0, index + 1), (run) => {
		const value = run.values[slot];
		return value === failed
			? rest(run, handedOn)
			: around(value, () => rest(run, handedOn));
	});
}

/** Leaves the ending to the run around this one. */
const handedOn: Ending<Run, unknown> = {
	complete: (_, result) => result,
	fail: (_, error) => {
		throw error;
	},
};

/** A generator's body runs when it is asked for a value, which happens outside of what wraps the handler: it is let in again. */
function generatorsInContext(callHandler: CallHandler): CallHandler {
	return (run) => {
		const result = callHandler(run);
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

type CallHandler = (run: Run) => unknown;

/** Runs the rest of a plan from a step that must be waited for. */
async function runLater<Of extends Run, Outcome, Later>(
	run: Of,
	steps: readonly Step[],
	start: number,
	first: PromiseLike<unknown>,
	callHandler: CallHandler,
	ending: Ending<Of, Outcome, Later>,
): Promise<Later> {
	const { later = ending as unknown as Ending<Of, Later> } = ending; // where it has none, its outcomes are the same
	let result: unknown;
	try {
		let pending: PromiseLike<unknown> | undefined = first;
		for (let index = start; index < steps.length; index++) {
			const step = steps[index] as Step;
			if (index > start) {
				pending = step.run(run);
			}
			while (pending !== undefined) {
				pending = step.take(run, await pending);
			}
		}
		result = callHandler(run);
		if (result instanceof Promise && ending.isLong !== true) {
			result = await result;
		}
	} catch (error) {
		return later.fail(run, error);
	}
	return later.complete(run, result);
}

function compileBodyStep(graph: DependencyGraph, options: PlanOptions): Step {
	if (graph.bodyKind === "form") {
		const readForm = compileFormStep(
			// several may ask for different things of one file
			graph.fields.filter(isFormField),
		);
		return {
			slot: bodySlot,
			run: ({ request }) => readForm(request),
			take: ({ values }, form) => {
				values[bodySlot] = form;
				return undefined;
			},
		};
	}
	const { bodyBytes } = options.limits;
	const read = compileBodyReader(graph.bodyKind, graph.body, options);
	return {
		slot: bodySlot,
		run: ({ incoming }) => incoming.bytes(bodyBytes),
		take: (run, awaited) => {
			const bytes = awaited as Uint8Array; // run() has promised them
			run.bodyBytes = bytes.length;
			run.values[bodySlot] = read(run.incoming, bytes);
			return undefined;
		},
	};
}

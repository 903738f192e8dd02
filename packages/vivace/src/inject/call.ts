import { HTTPException, returnedException } from "../errors/http-exception.ts";
import { isClass } from "../errors/is-class.ts";
import type { Request } from "../http/request.ts";
import { absentRequestFor } from "./absent-request.ts";
import { asksForRequest } from "./asks-for-request.ts";
import type { DependencyScope } from "./declaration.ts";
import type { InjectedFunction } from "./dependency.ts";
import { Entering, type ExitStack, kept } from "./exit-stack.ts";
import { isGenerator } from "./generator.ts";
import type { Run } from "./run.ts";
import { atHand, isThenable } from "./thenable.ts";

/** Makes the call of a function: the one place where the kinds of functions differ. The result may be a value, a promise or a generator. */
export function compileInvoke(call: InjectedFunction): InjectedFunction {
	if (isClass(call)) {
		return (values, request) => Reflect.construct(call, [values, request]);
	}
	return call.name.startsWith("bound ") ? boundInvoke(call) : call;
}

/** A class that is bound can't be told from a function before it is called. */
function boundInvoke(call: InjectedFunction): InjectedFunction {
	let isConstructed = false;
	return (values, request) => {
		if (!isConstructed) {
			try {
				return call(values, request);
			} catch (error) {
				if (!isCallOfClass(error, call.name.slice("bound ".length))) {
					throw error;
				}
				isConstructed = true;
			}
		}
		return Reflect.construct(call, [values, request]);
	};
}

/** In the words of V8 and of JavaScriptCore, whose errors have no code. */
function isCallOfClass(error: unknown, name: string): boolean {
	return (
		error instanceof TypeError &&
		[
			`Class constructor ${name} cannot be invoked without 'new'`,
			`Cannot call a class constructor ${name} without |new|`,
		].includes(error.message)
	);
}

/** How one dependency's value is made and what of it is left later. */
export interface Call {
	/** Puts the value into its slot; what must be waited for is given, and {@link Call.take} gets what it resolves to. */
	readonly start: (
		run: Run,
		values: unknown,
	) => PromiseLike<unknown> | undefined;
	/** Puts what was waited for into its slot; gives what must be waited for in turn. */
	readonly take: (
		run: Run,
		awaited: unknown,
	) => PromiseLike<unknown> | undefined;
}

/** Options of {@link compileCall} for a dependency. */
export interface CallOptions {
	readonly call: InjectedFunction;
	readonly scope: DependencyScope;
	readonly name: string;
	/** Where the value stands among those of the run. */
	readonly slot: number;
	/** True in `app.scope()`, where the request says of whoever reads it that there is none. */
	readonly isWithoutRequest: boolean;
	/** Why it may not be a generator, if so: it is of request scope and needs function scope. */
	readonly captive: (() => Error) | undefined;
}

/**
 * How a dependency is called. A generator is entered wherever it comes from: by the form of what comes back, not of the function, so that
 * wrappers (for tracing, for retries) change nothing.
 */
export function compileCall({
	call,
	scope,
	name,
	slot,
	isWithoutRequest,
	captive,
}: CallOptions): Call {
	const invoke = isWithoutRequest
		? withoutRequest(compileInvoke(call), name)
		: compileInvoke(call);
	const asks = asksForRequest(invoke);
	const exits: (run: Run) => ExitStack =
		scope === "function"
			? (run) => run.functionExits
			: (run) => run.requestExits;
	const put = (run: Run, made: unknown): PromiseLike<unknown> | undefined => {
		if (!isGenerator(made)) {
			if (made instanceof HTTPException) {
				throw returnedException(`dependency "${name}"`, made);
			}
			run.values[slot] = made;
			return undefined;
		}
		if (captive !== undefined) {
			throw captive();
		}
		return exits(run).enter(name, made, run.values, slot);
	};
	return {
		start(run, values) {
			const made = asks ? invoke(values, run.request) : invoke(values);
			if (made === null || typeof made !== "object") {
				run.values[slot] = made;
				return undefined;
			}
			if (!isThenable(made)) {
				return put(run, made);
			}
			const known = atHand(made);
			return known === made ? made : put(run, known);
		},
		take(run, awaited) {
			if (awaited === kept) {
				return undefined;
			}
			const waiting = run.values[slot];
			if (waiting instanceof Entering) {
				run.values[slot] = exits(run).take(waiting, awaited);
				return undefined;
			}
			return put(run, awaited);
		},
	};
}

function withoutRequest(
	invoke: InjectedFunction,
	name: string,
): InjectedFunction {
	return (values, request: Request) =>
		invoke(values, absentRequestFor(name, request));
}

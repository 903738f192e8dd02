import {
	compileAbsentParameter,
	compileAbsentRequest,
	hasNoRequest,
} from "./absent-request.ts";
import { type Cell, empty } from "./cell.ts";
import type { AnyDependency, Input, Root } from "./graph.ts";
import {
	compileParameter,
	failed,
	type ParameterContext,
} from "./read-parameter.ts";
import type { Run } from "./run.ts";

/** Makes the record that a function receives, {@link failed} where a parameter is wrong, a promise where a schema is asynchronous. */
export type RecordMaker = (run: Run) => unknown;

/** The context of {@link compileRecord}, beside the inputs. */
export interface RecordContext extends ParameterContext {
	/** True for `app.scope()`: parameters have their defaults, and the request says that there is none. */
	readonly isWithoutRequest: boolean;
	/** Where the value of an app-scoped dependency is found. */
	readonly cellOf: (dependency: AnyDependency) => Cell;
}

/** The record of a function that needs nothing. */
export const noValues: Readonly<Record<string, never>> = Object.freeze({});

/** The closure that makes a function's record. */
export function compileRecord(
	{ inputs, dependency, name }: Root & { readonly dependency?: AnyDependency },
	context: RecordContext,
): RecordMaker {
	const keys = inputs.map((input) => input.key);
	const owner = dependency && name;
	const getters = inputs.map((input) => compileInput(input, owner, context));
	const count = keys.length;
	if (count === 0) {
		return () => noValues;
	}
	const makeRecord: RecordMaker = (run) => {
		const record: Record<string, unknown> = {};
		let isFailed = false;
		for (let index = 0; index < count; index++) {
			const value = (getters[index] as RecordMaker)(run);
			if (value === failed) {
				isFailed = true;
			} else if (value instanceof Promise) {
				const rest = { keys, getters, start: index, first: value };
				return completeRecord(run, record, isFailed, rest);
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
	return (run) => {
		const known = run.errors?.length ?? 0;
		const sort = (record: unknown): unknown => {
			const added = run.errors?.splice(known) ?? [];
			added.sort((left, right) => rank(left.loc[0]) - rank(right.loc[0]));
			for (const detail of added) {
				run.errors?.push(detail);
			}
			return record;
		};
		const record = makeRecord(run);
		if (record instanceof Promise) {
			return record.then(sort);
		}
		return record === failed ? sort(record) : record;
	};
}

/** The rest of a record whose schema at `start` is asynchronous; one after the other, so that errors keep their order. */
async function completeRecord(
	run: Run,
	record: Record<string, unknown>,
	isFailedSoFar: boolean,
	{ keys, getters, start, first }: RestOfRecord,
): Promise<unknown> {
	let isFailed = isFailedSoFar;
	for (let index = start; index < keys.length; index++) {
		const value =
			index === start
				? await first
				: await (getters[index] as RecordMaker)(run);
		if (value === failed) {
			isFailed = true;
		} else {
			record[keys[index] as string] = value;
		}
	}
	return isFailed ? failed : record;
}

interface RestOfRecord {
	readonly keys: readonly string[];
	readonly getters: readonly RecordMaker[];
	readonly start: number;
	readonly first: Promise<unknown>;
}

/** @param owner the dependency whose record it is; `undefined` for the root's */
function compileInput(
	input: Input,
	owner: string | undefined,
	context: RecordContext,
): RecordMaker {
	const { isWithoutRequest } = context;
	switch (input.kind) {
		case "parameter": {
			if (isWithoutRequest) {
				return compileAbsentParameter(input.field, owner);
			}
			const strict = input.field.options.strict ?? context.strict;
			return compileParameter(input.field, { ...context, strict });
		}
		case "node": {
			const { slot } = input.node;
			return (run) => run.values[slot];
		}
		case "resource":
			return compileCell(context.cellOf(input.resource.dependency));
		case "class": {
			const { slot, type } = input;
			return (run) => (run.values[slot] ??= type["~provide"](run));
		}
		case "pathText": {
			const { index, parse } = input;
			return parse === undefined
				? (run) => run.incoming.pathTexts[index]
				: (run) => parse(run.incoming.pathTexts[index] as string);
		}
		case "constant": {
			const { value } = input;
			return () => value;
		}
		case "request":
			return isWithoutRequest
				? compileAbsentRequest(input.key, owner)
				: (run) => run.request;
		case "response":
			if (isWithoutRequest && owner === undefined) {
				throw hasNoRequest(input.key);
			}
			return (run) => run.response;
		case "appClass":
			throw new TypeError(`${input.key} is only made at the start`); // the graph has refused it
	}
}

function compileCell(cell: Cell): RecordMaker {
	return () => {
		const { value } = cell;
		if (value === empty) {
			throw cell.whyEmpty();
		}
		return value;
	};
}

import { compileCall } from "./call.ts";
import { kept } from "./exit-stack.ts";
import type { GraphNode } from "./graph.ts";
import { captiveError } from "./lifetimes.ts";
import { failed } from "./read-parameter.ts";
import { compileRecord, noValues, type RecordContext } from "./record.ts";
import type { Run } from "./run.ts";

/** Makes one value of a run and puts it into its slot. */
export interface Step {
	readonly slot: number;
	/** Gives what must be waited for, if anything; `take` gets what it resolves to. */
	readonly run: (run: Run) => PromiseLike<unknown> | undefined;
	/** Goes on with what was waited for; gives what must be waited for in turn. */
	readonly take: (
		run: Run,
		awaited: unknown,
	) => PromiseLike<unknown> | undefined;
	/** The wrapper of all that comes after this step. */
	readonly around?: Around | undefined;
}

/** The option `around` of a dependency. */
export type Around = (value: unknown, next: () => unknown) => unknown;

/** The step that makes a dependency, but where one of its parameters is wrong. */
export function compileStep(node: GraphNode, context: RecordContext): Step {
	const { dependency, name, slot, shortLived } = node;
	const { call, scope, options } = dependency;
	const { start, take } = compileCall({
		call,
		scope,
		name,
		slot,
		isWithoutRequest: context.isWithoutRequest,
		captive:
			shortLived && (() => captiveError({ scope, label: name }, shortLived)),
	});
	const { around } = options;
	if (node.inputs.length === 0) {
		return { slot, take, around, run: (run) => start(run, noValues) };
	}
	const makeRecord = compileRecord(node, context);
	const startUnlessFailed = (
		run: Run,
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
		around,
		run: (run) => {
			const record = makeRecord(run);
			if (record instanceof Promise) {
				return record.then((made) => startUnlessFailed(run, made) ?? kept);
			}
			return record === failed
				? startUnlessFailed(run, record)
				: start(run, record);
		},
	};
}

import { RunMemory } from "../../shape/run-memory.ts";
import { shapeFromJsonSchema } from "../../shape/shape-reader.ts";
import { byFieldsSet } from "../../shape/union-choice.ts";
import { KnownPlaces } from "../known-places.ts";
import type { ValidationWishes } from "../schema-library.ts";
import {
	type Config,
	type Dataset,
	ofMember,
	placeBehindFunction,
	type Run,
	type Runnable,
	takesLists,
	type ValibotSchema,
} from "./valibot-internals.ts";
import { convertFirst } from "./valibot-preprocess.ts";
import { readValibot } from "./valibot-reader.ts";

/**
 * A copy of a schema whose unions take, of the members that a value fits, the one with most of its fields, as Pydantic's smart mode does
 * (Valibot takes the first), and whose unions and intersections look at each part of a value once.
 */
export function linearCopy(
	schema: ValibotSchema,
	wishes: CopyWishes,
): Runnable {
	return copied(schema, new Map(), wishes) as Runnable;
}

/** Further abilities of a copy. */
type CopyWishes = Pick<ValidationWishes, "takesNonFinite" | "convertsTo">;

function copied(
	schema: ValibotSchema,
	copies: Map<ValibotSchema, ValibotSchema>,
	wishes: CopyWishes,
): ValibotSchema {
	const known = copies.get(schema);
	if (known !== undefined) {
		return known;
	}
	const properties = Object.getOwnPropertyDescriptors(schema);
	const copy = Object.create(null, properties) as Runnable &
		Record<string, unknown>;
	copies.set(schema, copy);
	const copyPart = (part: ValibotSchema) => copied(part, copies, wishes);
	for (const name of ["wrapped", "item", "rest", "key", "value"] as const) {
		const part = schema[name] as ValibotSchema | undefined;
		if (part?.kind === "schema") {
			replace(copy, name, copyPart(part));
		}
	}
	for (const name of ["options", "items"] as const) {
		const parts = schema[name] as readonly ValibotSchema[] | undefined;
		if (parts?.every((part) => part?.kind === "schema")) {
			replace(copy, name, parts.map(copyPart));
		}
	}
	if (schema.entries !== undefined) {
		const entries = Object.entries(schema.entries).map(
			([name, entry]) => [name, copyPart(entry)] as const,
		);
		replace(copy, "entries", Object.fromEntries(entries));
	}
	if (schema.type === "union") {
		replace(copy, "options", copy.options?.map(withMarkedIssues));
	}
	const { getter, pipe } = schema;
	if (getter !== undefined) {
		replace(copy, "getter", (input: unknown) => {
			const found: unknown = getter(input);
			return found instanceof Promise
				? found.then(copyPart)
				: copyPart(found as ValibotSchema);
		});
	}
	if (pipe !== undefined) {
		const [first, ...rest] = pipe;
		// the first is this very schema, without its pipe
		const items = [copyPart(first as ValibotSchema), ...rest];
		const place = placeBehindFunction(pipe);
		const behind = place === undefined ? undefined : pipe[place];
		if (place !== undefined && behind !== undefined) {
			const { convertsTo } = wishes;
			const copy = copyPart(behind) as Runnable;
			items[place] = convertsTo ? convertFirst(copy, behind, convertsTo) : copy;
		}
		replace(copy, "~run", runPipe(items as Runnable[], copy.async === true));
	} else if (schema.type === "union") {
		replace(copy, "~run", runUnion(schema as Runnable, copy));
	} else if (schema.type === "intersect") {
		replace(copy, "~run", runIntersect(schema as Runnable, copy));
	} else if (takesLists(schema)) {
		replace(copy, "~run", runObject(schema as Runnable));
	} else if (schema.type === "number" && wishes.takesNonFinite) {
		replace(copy, "~run", runNumber(schema as Runnable));
	}
	return copy;
}

/** A member of a union that marks its issues: which of them are whose can't be told afterwards. */
function withMarkedIssues(member: unknown): unknown {
	const { "~run": run } = member as Runnable;
	const mark = (result: Dataset): Dataset => {
		for (const issue of (result.issues ?? []) as { [ofMember]?: unknown }[]) {
			issue[ofMember] = member;
		}
		return result;
	};
	return Object.create(member as object, {
		"~run": {
			value: (dataset: Dataset, config: Config) => {
				const result = run.call(member, dataset, config);
				return result instanceof Promise ? result.then(mark) : mark(result);
			},
		},
	});
}

/** To Valibot a list is an object, of which nothing may be asked; in JSON it is none. */
function runObject(original: Runnable): Run {
	const run = original["~run"];
	return function (this: unknown, dataset, config) {
		if (Array.isArray(dataset.value)) {
			dataset.value = null;
		}
		return run.call(this, dataset, config);
	};
}

/** Valibot's numbers may be infinite, but not NaN. */
function runNumber(original: Runnable): Run {
	const run = original["~run"];
	return (dataset, config) => {
		if (!Number.isNaN(dataset.value)) {
			return run.call(original, dataset, config);
		}
		dataset.typed = true;
		return dataset;
	};
}

function replace(copy: object, name: string, value: unknown): void {
	Object.defineProperty(copy, name, {
		value,
		configurable: true,
		enumerable: true,
		writable: true,
	});
}

const outcomes = new RunMemory<Dataset | Promise<Dataset>>();

function runUnion(original: Runnable, copy: Runnable): Run {
	const originals = original.options as readonly ValibotSchema[];
	const order = byFieldsSet(copy.options ?? [], () =>
		originals.map((option) =>
			shapeFromJsonSchema(readValibot(option, "input").raw, true),
		),
	);
	const run = original["~run"];
	const choose: Run = (dataset, config) => {
		const { value } = dataset;
		const inOrder = run.call(
			Object.create(copy, { options: { value: order(value) } }),
			{ value },
			config,
		);
		// its issues are told in the order in which the members were declared
		const finish = (result: Dataset) =>
			result.typed && result.issues === undefined
				? result
				: run.call(copy, dataset, config);
		return inOrder instanceof Promise ? inOrder.then(finish) : finish(inOrder);
	};
	return runOnce(copy, choose);
}

function runIntersect(original: Runnable, copy: Runnable): Run {
	const run = original["~run"];
	return runOnce(copy, (dataset, config) => {
		const result = run.call(copy, dataset, config);
		return result instanceof Promise
			? result.then(withoutRepeated)
			: withoutRepeated(result);
	});
}

/** A schema that contains itself would double the work at every level. */
function runOnce(copy: Runnable, run: Run): Run {
	return (dataset, config) => {
		const { value } = dataset;
		const found = outcomes.once(config, copy, value, () =>
			run({ value }, config),
		);
		return found instanceof Promise
			? found.then(datasetLike)
			: datasetLike(found);
	};
}

interface FoundIssue {
	readonly path?: readonly { readonly key?: unknown }[];
	/** The first of the copies of one issue. */
	readonly [firstFound]?: object;
}

const firstFound: unique symbol = Symbol("firstFound");

/** Copies a dataset that may be found again: Valibot writes into it, and into the paths of its issues. */
function datasetLike(found: Dataset): Dataset {
	const issues = found.issues as readonly FoundIssue[] | undefined;
	return issues === undefined
		? { ...found }
		: {
				...found,
				issues: issues.map((issue) => ({
					...issue,
					...(issue.path !== undefined && { path: [...issue.path] }),
					[firstFound]: issue[firstFound] ?? issue,
				})),
			};
}

/** Two members of an intersection may look into the same part of a value, and find the same. */
function withoutRepeated(result: Dataset): Dataset {
	const places = new KnownPlaces();
	const issues = result.issues as readonly FoundIssue[] | undefined;
	const isNew = ({ path = [], [firstFound]: found }: FoundIssue) =>
		places.note(
			found,
			path.map(({ key }) => String(key)),
		);
	return issues === undefined
		? result
		: { ...result, issues: issues.filter(isNew) };
}

/** As Valibot's own `pipe` and `pipeAsync`. */
function runPipe(items: readonly Runnable[], isAsync: boolean): Run {
	const steps = items.filter(({ kind }) => kind !== "metadata");
	const isStopped = (dataset: Dataset, { kind }: Runnable) =>
		dataset.issues !== undefined &&
		(kind === "schema" || kind === "transformation");
	const isSkipped = (dataset: Dataset, config: Config) =>
		dataset.issues !== undefined &&
		(config.abortEarly === true || config.abortPipeEarly === true);
	if (isAsync) {
		return async (first, config) => {
			let dataset = first;
			for (const step of steps) {
				if (isStopped(dataset, step)) {
					dataset.typed = false;
					break;
				}
				if (!isSkipped(dataset, config)) {
					dataset = await step["~run"](dataset, config);
				}
			}
			return dataset;
		};
	}
	return (first, config) => {
		let dataset = first;
		for (const step of steps) {
			if (isStopped(dataset, step)) {
				dataset.typed = false;
				break;
			}
			if (!isSkipped(dataset, config)) {
				dataset = step["~run"](dataset, config) as Dataset; // a pipe without `async` has no promises
			}
		}
		return dataset;
	};
}

import { shapeFromJsonSchema } from "../../shape/shape-reader.ts";
import { byFieldsSet } from "../../shape/union-choice.ts";
import { WalkMemory } from "../../shape/walk-memory.ts";
import type { Validate } from "../schema-library.ts";
import type { ValibotSchema } from "./valibot-internals.ts";
import { readValibot } from "./valibot-reader.ts";

interface Dataset {
	value: unknown;
	issues?: unknown;
	typed?: boolean;
}

type Run = (dataset: Dataset, config: Config) => Dataset | Promise<Dataset>;

interface Config {
	readonly abortEarly?: boolean;
	readonly abortPipeEarly?: boolean;
}

type Runnable = ValibotSchema & { "~run": Run; readonly async?: boolean };

/**
 * The validation by a copy of a schema whose unions take, of the members that a value fits, the one with most of its fields, as
 * Pydantic's smart mode does; Valibot takes the first.
 */
export function smartValidate(schema: ValibotSchema): Validate {
	const copy = copied(schema, new Map()) as Runnable;
	// Valibot's global configuration is about the language of messages, which are FastAPI's here
	return (value) => copy["~run"]({ value }, {}) as ReturnType<Validate>; // Valibot's own validation gives the same
}

function copied(
	schema: ValibotSchema,
	copies: Map<ValibotSchema, ValibotSchema>,
): ValibotSchema {
	const known = copies.get(schema);
	if (known !== undefined) {
		return known;
	}
	const properties = Object.getOwnPropertyDescriptors(schema);
	const copy = Object.create(null, properties) as Runnable &
		Record<string, unknown>;
	copies.set(schema, copy);
	const copyPart = (part: ValibotSchema) => copied(part, copies);
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
	const { getter, pipe } = schema;
	if (getter !== undefined) {
		replace(copy, "getter", (input: unknown) => copyPart(getter(input)));
	}
	if (pipe !== undefined) {
		const [first, ...rest] = pipe;
		// the first is this very schema, without its pipe
		const items = [copied(first as ValibotSchema, copies), ...rest];
		replace(copy, "~run", runPipe(items as Runnable[], copy.async === true));
	} else if (schema.type === "union") {
		replace(copy, "~run", runUnion(schema as Runnable, copy));
	}
	return copy;
}

function replace(copy: object, name: string, value: unknown): void {
	Object.defineProperty(copy, name, {
		value,
		configurable: true,
		enumerable: true,
		writable: true,
	});
}

const outcomes = new WalkMemory<Dataset | Promise<Dataset>>();

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
	return (dataset, config) => {
		const { value } = dataset;
		const found = outcomes.once(copy, value, () => choose({ value }, config));
		return found instanceof Promise
			? found.then(datasetLike)
			: datasetLike(found);
	};
}

/** What was found is found again: Valibot writes into the dataset, and into the paths of its issues. */
function datasetLike(found: Dataset): Dataset {
	const issues = found.issues as readonly { path?: unknown[] }[] | undefined;
	return issues === undefined
		? { ...found }
		: {
				...found,
				issues: issues.map((issue) =>
					issue.path === undefined
						? { ...issue }
						: { ...issue, path: [...issue.path] },
				),
			};
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

import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Parsed } from "../shape/parsed.ts";
import { type Problem, unionProblem } from "../words/problem.ts";
import type { AliasTree } from "./aliased/alias-tree.ts";
import {
	type AliasedIssue,
	type AliasedSchema,
	aliasedVendor,
} from "./aliased/aliased-schema.ts";
import { renamedDocument } from "./aliased/renamed-document.ts";
import {
	receivedName,
	toWireNames,
	toWirePath,
} from "./aliased/renamed-value.ts";
import { wireShape } from "./aliased/wire-shape.ts";
import {
	lazyReading,
	type SchemaLibrary,
	type Validation,
} from "./schema-library.ts";

/** Schemas of any library whose fields have other names on the wire. */
export const aliasedLibrary: SchemaLibrary = {
	vendor: aliasedVendor,
	dropsUnknown: true,
	nullsFirst: false, // it fills nulls in itself, when the fields have their own names
	read(schema, direction, reader) {
		const { inner, rule } = aliased(schema);
		const reading = reader.read(inner.schema, direction);
		return lazyReading(
			() =>
				direction === "input" ? wireShape(reading.shape, rule) : reading.shape,
			() => renamedDocument(reading.document, rule),
		);
	},
	problems(issues, schema) {
		const { inner, received } = aliased(schema);
		return (issues as readonly AliasedIssue[]).flatMap((issue) =>
			inner.library
				.problems([issue.inner], inner.schema)
				.map((problem) => renamed(problem, received, issue.received)),
		);
	},
	takesInfinity(schema) {
		const { library, schema: inner } = aliased(schema).inner;
		return library.takesInfinity?.(inner) === true;
	},
	validation(schema, wishes) {
		const one = aliased(schema);
		const { library, schema: inner } = one.inner;
		const {
			validate = inner["~standard"].validate,
			validateQuickly,
			isQuickFree = false,
			takesNonFinite = false,
		}: Partial<Validation> = library.validation?.(inner, wishes) ?? {};
		return {
			takesNonFinite,
			isQuickFree,
			validate: (value) => one.validateWith(validate, value),
			...(validateQuickly !== undefined && {
				validateQuickly(value) {
					const result = one.validateWith(
						(inside) => validateQuickly(inside) ?? unsure,
						value,
					);
					return result instanceof Promise ? undefined : result;
				},
			}),
		};
	},
	composed(schema, encoderOf) {
		const { inner, rule, sent } = aliased(schema);
		wireShape(inner.shapeOf("input"), rule); // wrong names are told now
		const encode = encoderOf(inner.schema);
		const finish = (parsed: Parsed): Parsed =>
			parsed.errors === undefined
				? { value: toWireNames(sent, parsed.value) }
				: parsed;
		return (value, loc) => {
			const parsed = encode(value, loc);
			return parsed instanceof Promise ? parsed.then(finish) : finish(parsed);
		};
	},
};

const unsure: StandardSchemaV1.FailureResult = {
	issues: [{ message: "Invalid input" }],
};

function aliased(schema: StandardSchemaV1): AliasedSchema {
	return schema as AliasedSchema; // the vendor says so
}

/** A problem by the names on the wire, within a value as it was received. */
function renamed(
	problem: Problem,
	names: AliasTree,
	received: unknown,
): Problem {
	const { path, tree, value } = toWirePath(names, received, problem.path);
	const { preprocessed } = problem;
	const within = (each: Problem) => renamed(each, tree, value);
	switch (problem.about) {
		case "union":
			return Object.assign(
				unionProblem(path, problem.message, () =>
					problem.members.map((member) => member.map(within)),
				),
				{ preprocessed },
			);
		case "extra":
			return { ...problem, path, keys: problem.keys.map(receivedName) };
		case "tag": {
			const [first] = tree.fields?.get(problem.discriminator)?.names ?? [];
			return {
				...problem,
				path,
				discriminator: first ?? problem.discriminator,
			};
		}
		default:
			return { ...problem, path };
	}
}

import { Response } from "../http/response.ts";
import { type Dependency, dependency } from "../inject/dependency.ts";
import { type Parameter, Query } from "../inject/parameter.ts";
import {
	type BuiltInOptions,
	BuiltInSchema,
	type IntegerOptions,
	type ObjectOptions,
} from "../schema/library/built-in/built-in-schema.ts";
import { PageLinks } from "./page-links.ts";
import { count } from "./page-schema.ts";
import type { ResolvedPaging } from "./paging-options.ts";

/** Carried by the parameters of every kind of page beside their values. */
export interface WithLinks {
	/** True where the client has asked for no page, and gets the whole list, of at most as many items as a page of these would have. */
	readonly whole?: boolean;
	/** @internal The links and headers of the answer. */
	readonly links?: PageLinks;
}

/** A query parameter of ours, by its kind. */
export type PagingField =
	| { readonly kind: "integer"; readonly options: IntegerOptions }
	| { readonly kind: "text"; readonly options: BuiltInOptions };

type PagingFields<Paging> = Readonly<
	Record<Exclude<keyof Paging & string, keyof WithLinks>, PagingField>
>;

type Values = Readonly<Record<string, unknown>>;

/**
 * The dependency that reads a page's parameters from the query, under the names that they have on the wire.
 *
 * @param sizeKey the parameter that says how many items are wanted
 * @param check what is wrong with values that are right each for itself
 */
export function pagingParams<Paging>(
	fields: PagingFields<Paging>,
	paging: ResolvedPaging,
	check: ObjectOptions["check"],
	sizeKey: keyof Paging & string,
): Dependency<Paging & WithLinks> {
	const names = Object.keys(fields).map(
		(key) => [key, paging.nameOf(key)] as const,
	);
	const { unpaged } = paging;
	const defaults = Object.fromEntries(
		names.map(([key, name]) => [
			name,
			fields[key as keyof PagingFields<Paging>].options.default ?? null,
		]),
	);
	const filled = (received: Values): Values =>
		Object.fromEntries(
			names.map(([, name]) => [name, received[name] ?? defaults[name]]),
		);
	const model = new BuiltInSchema<Values>({
		kind: "object",
		fields: Object.fromEntries(
			names.map(([key, name]) => [
				name,
				new BuiltInSchema(
					optional(fields[key as keyof PagingFields<Paging>], unpaged),
				),
			]),
		),
		options:
			check === undefined ? {} : { check: (values) => check(filled(values)) },
	});
	const query = Query(model);
	const isWhole = (received: Values): boolean =>
		unpaged !== undefined && names.every(([, name]) => received[name] === null);
	const toPaging = (received: Values): Values => {
		const values = filled(received);
		const paging = Object.fromEntries(
			names.map(([key, name]) => [key, values[name]]),
		);
		return isWhole(received)
			? { ...paging, [sizeKey]: unpaged, whole: true }
			: paging;
	};
	// the model makes exactly the fields of `Paging`, under the names that they have on the wire
	return pagingDependency(query, paging.asksRequest, toPaging) as Dependency<
		Paging & WithLinks
	>;
}

function pagingDependency(
	query: Parameter<Values>,
	asksRequest: boolean,
	toPaging: (received: Values) => Values,
): Dependency<Values> {
	if (!asksRequest) {
		return dependency({ query }, function paging({ query }) {
			return toPaging(query);
		});
	}
	return dependency(
		{ query, response: Response },
		function paging({ query, response }, request) {
			return { ...toPaging(query), links: new PageLinks(request, response) };
		},
	);
}

/** The field as it is where a client that sends none of them gets the whole list. */
function optional(
	field: PagingField,
	unpaged: number | undefined,
): PagingField {
	if (unpaged === undefined) {
		return field;
	}
	const { default: usual = null, description = "" } = field.options;
	const standard = usual === null ? "" : `, ${usual} if only others are given`;
	return {
		...field,
		options: {
			...field.options,
			description: `${description}${standard}; without any of the parameters the whole list is given, of at most ${unpaged} items`,
			isNullable: true,
			default: null,
		},
	} as PagingField; // its kind is what it was
}

/** How many items a page has. */
export function sizeField(
	{ size, minSize, maxSize }: ResolvedPaging,
	description: string,
): PagingField {
	return {
		kind: "integer",
		options: {
			description,
			minimum: minSize,
			maximum: maxSize,
			default: size,
		},
	};
}

/** The size of a page in its answer: that of a list that is whole is its length. */
export function sizeCount(
	description: string,
	{ unpaged }: ResolvedPaging,
): BuiltInSchema<number> {
	return unpaged === undefined
		? count(description, 1)
		: count(`${description}; of a whole list its length`);
}

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
import type { ResolvedPaging } from "./paging-options.ts";

/** Carried by the parameters of every kind of page beside their values. */
export interface WithLinks {
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
 * @param check what is wrong with values that are right each for itself
 */
export function pagingParams<Paging>(
	fields: PagingFields<Paging>,
	paging: ResolvedPaging,
	check: ObjectOptions["check"],
): Dependency<Paging & WithLinks> {
	const names = Object.keys(fields).map(
		(key) => [key, paging.nameOf(key)] as const,
	);
	const model = new BuiltInSchema<Values>({
		kind: "object",
		fields: Object.fromEntries(
			names.map(([key, name]) => [
				name,
				new BuiltInSchema(fields[key as keyof PagingFields<Paging>]),
			]),
		),
		options: check === undefined ? {} : { check },
	});
	const query = Query(model);
	const toPaging = (received: Values): Values =>
		Object.fromEntries(
			names.map(([key, name]) => [key, received[name] ?? null]),
		);
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

/** How many items a page has. */
export function sizeField(
	{ size, maxSize }: ResolvedPaging,
	description: string,
): PagingField {
	return {
		kind: "integer",
		options: { description, minimum: 1, maximum: maxSize, default: size },
	};
}

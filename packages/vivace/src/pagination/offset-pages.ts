import type { StandardSchemaV1 } from "@standard-schema/spec";
import { assertOptions } from "../errors/options.ts";
import type { Dependency } from "../inject/dependency.ts";
import type { Problem } from "../schema/words/problem.ts";
import type { ItemOf } from "./page-schema.ts";
import type {
	CallArguments,
	ExtraOption,
	PageSchema,
	PageShape,
	PlainShape,
	Shaped,
} from "./page-shape.ts";
import type { PageSource } from "./page-source.ts";
import {
	type AnyOffsetPagingOptions,
	keysOf,
	offsetPagingRules,
	type ResolvedPaging,
	resolveMaxOffset,
	resolvePaging,
} from "./paging-options.ts";
import type { TransformOptions } from "./transform.ts";

/** Pages of items of one schema: what a path operation takes, what it answers, and what makes the one of the other. */
export interface OffsetPages<
	Schema extends StandardSchemaV1,
	Params,
	Fields,
	Shape extends PageShape = PlainShape,
> {
	/** For `response`: the page around the items' own schema, and its name in the document. */
	readonly schema: PageSchema<Schema, Fields, Shape>;
	/** For the record of parameters: reads and checks what the client sent; all that is wrong is a 422. */
	readonly params: Dependency<Params>;
	/**
	 * Reads one page of a list or of a query. The query must have no limit; give it an order that is total, or the option `key`.
	 * It runs once, and a second time to count where the page does not tell; within a transaction both see the same rows.
	 *
	 * @throws TypeError for a query that has a limit or is no select
	 */
	paginate<Row extends ItemOf<Schema>>(
		source: PageSource<Row>,
		params: Params,
		...options: CallArguments<Shape, Record<never, never>>
	): Promise<Shaped<Fields, Row, Shape>>;
	paginate<Row, Item extends ItemOf<Schema>>(
		source: PageSource<Row>,
		params: Params,
		options: TransformOptions<Row, Item> & ExtraOption<Shape>,
	): Promise<Shaped<Fields, Item, Shape>>;
}

/** The options of pages that skip items, resolved. @throws SetupError `VIV_OPTION` */
export function resolveOffsetPaging(
	where: string,
	names: readonly string[],
	options: AnyOffsetPagingOptions,
): {
	readonly paging: ResolvedPaging;
	readonly maxOffset: number;
	readonly keys: readonly string[];
} {
	assertOptions(where, options, offsetPagingRules);
	return {
		paging: resolvePaging(where, names, options),
		maxOffset: resolveMaxOffset(where, options),
		keys: options.key === undefined ? [] : keysOf(where, options.key),
	};
}

/** True when a total is the number of items: one that has come to the cap may be less. */
export function isExact(
	{ total: option }: ResolvedPaging,
	total: number | null,
): total is number {
	if (total === null) {
		return false;
	}
	return typeof option !== "object" || total < option.cappedAt;
}

/** The problem of a request that skips too many items. */
export function tooFar(
	name: string,
	skipped: number,
	maxOffset: number,
): Problem | undefined {
	if (skipped <= maxOffset) {
		return undefined;
	}
	return {
		path: [name],
		about: "other",
		message: `at most ${maxOffset} items can be skipped, not ${skipped}: narrow the list down, or follow its cursors where it has them`,
	};
}

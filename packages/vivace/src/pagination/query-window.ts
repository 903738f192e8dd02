import type { Position, SortValue } from "./cursor.ts";
import { listDigest } from "./cursor.ts";
import {
	askingNotes,
	type ColumnNotes,
	columnNotes,
	type NotedResult,
} from "./exact-values.ts";
import { conditionAt, conditionsBeyond } from "./keyset.ts";
import { type CompiledList, compileList, inOrder } from "./null-place.ts";
import type { PageSource } from "./page-source.ts";
import { assertNoUnion, namesOf, orderOfQuery } from "./query-order.ts";
import { type AnySelect, builderOf } from "./select-query.ts";
import {
	type ColumnNames,
	exactValues,
	type SortColumn,
	sortValues,
	totalOrder,
} from "./sort-order.ts";
import { kindOf, mayBeInexact, textOf, wrongKind } from "./value-kinds.ts";
import type { AnyListOptions, FoundRows, Window } from "./window.ts";

/** @throws TypeError for a query that cursors can't be made for */
export function queryWindow<Row>(
	source: PageSource<Row>,
	keys: readonly string[],
	options: AnyListOptions,
): Window<Row> {
	const query = builderOf(source);
	if (options.orderBy !== undefined) {
		throw new TypeError(
			"orderBy is for lists in memory: give the query an order by its own orderBy().",
		);
	}
	assertNoUnion(query);
	return new QueryWindow<Row>(query, keys, options);
}

/** The largest number in 64 bits with a sign. */
const mostSigned = 2n ** 63n - 1n;

class QueryWindow<Row> implements Window<Row> {
	readonly #unordered: AnySelect;
	readonly #list: CompiledList;
	readonly #keys: readonly ColumnNames[];
	readonly #filters: unknown;
	readonly order: readonly SortColumn[];
	/** Of the last read: undefined where its driver knows nothing of its columns. */
	#notes: ColumnNotes | undefined;

	constructor(
		query: AnySelect,
		keys: readonly string[],
		options: AnyListOptions,
	) {
		this.#unordered = query.clearOrderBy();
		const node = query.toOperationNode();
		this.#keys = keys.map((key) => namesOf(key, node));
		const [first] = this.#keys;
		this.#list = compileList(this.#unordered, first?.reference ?? "");
		this.order = totalOrder(
			orderOfQuery(query, this.#list.nullsOf),
			this.#keys,
			this.#list.nullsOf,
		);
		const { sql, parameters } = this.#list;
		this.#filters = "filters" in options ? options.filters : [sql, parameters];
	}

	get digest(): string {
		return listDigest(this.order, this.#filters);
	}

	async read(
		direction: readonly SortColumn[],
		position: Position | undefined,
		limit: number,
	): Promise<FoundRows<Row>> {
		const page = inOrder(this.#observed(), direction);
		if (position === undefined) {
			return this.#found(await page.limit(limit).execute());
		}
		if (position.values.some((value) => this.#isTooBig(value))) {
			throw wrongKind();
		}
		const rows: unknown[] = [];
		for (const condition of conditionsBeyond(direction, position)) {
			const missing = limit - rows.length;
			if (missing > 0) {
				rows.push(...(await page.where(condition).limit(missing).execute()));
			}
		}
		return this.#found(rows);
	}

	/**
	 * Asks for one row that has a value in the column. On SQLite, where a column may have values of several kinds, a row with the very value is
	 * as good.
	 */
	async mayHave(
		index: number,
		value: NonNullable<SortValue>,
	): Promise<boolean> {
		const column = this.order[index] as SortColumn; // the caller counts
		const [row] = await this.#unordered
			.where((builder) => builder(column.reference, "is not", null))
			.limit(1)
			.execute();
		const other = row === undefined ? null : this.#valuesOf(row)[index];
		if (other == null || kindOf(other) === kindOf(value)) {
			return true;
		}
		return (
			this.#list.isSqlite &&
			typeof value !== "boolean" &&
			(
				await this.#unordered
					.where(conditionAt([column], [value]))
					.limit(1)
					.execute()
			).length > 0
		);
	}

	/**
	 * Of our own drivers it is known which columns are compared in another way than they are sorted, and what a date's column holds. With
	 * any other, the values at both ends of a page are asked for: the database must find its own rows by them.
	 */
	async assertExact(
		{ values }: FoundRows<Row>,
		size: number,
		direction: readonly SortColumn[],
	): Promise<void> {
		for (const { reference, property } of this.order) {
			const problem = this.#notes?.(property);
			if (problem !== undefined) {
				throw new TypeError(
					`a list can't be read by cursors in the order of "${reference}": it is ${problem}.`,
				);
			}
		}
		if (this.#notes !== undefined) {
			return;
		}
		const page = values.slice(0, size);
		for (const ends of new Set([page[0], page.at(-1)])) {
			if (ends?.some(mayBeInexact)) {
				await this.#assertFound(ends);
			}
		}
		const last = page.at(-1);
		const next = values[size];
		if (this.#list.isMysql && last !== undefined && next !== undefined) {
			await this.#assertFollows(last, next, direction);
		}
	}

	/** MySQL has integers of 64 bits without a sign, others have none. */
	#isTooBig(value: SortValue): boolean {
		return (
			!this.#list.isMysql && typeof value === "bigint" && value > mostSigned
		);
	}

	async #assertFound(values: readonly SortValue[]): Promise<void> {
		const found = await this.#unordered
			.where(conditionAt(this.order, values))
			.limit(1)
			.execute();
		if (found.length > 0) {
			return;
		}
		const names = this.order
			.map(({ reference }, index) => [reference, values[index]] as const)
			.filter(([, value]) => mayBeInexact(value))
			.map(([reference, value]) => `"${reference}" (${textOf(value)})`);
		throw new TypeError(
			`a list can't be read by cursors in the order of ${names.join(" and ")}: the database does not find its row by the value that its driver ` +
				"gives. Make the column no finer than that value (timestamptz(3), double precision), or have the driver give it as text.",
		);
	}

	/** MySQL sorts the members of an `ENUM` by their numbers and compares them as texts. */
	async #assertFollows(
		values: readonly SortValue[],
		next: readonly SortValue[],
		direction: readonly SortColumn[],
	): Promise<void> {
		if (!values.some((value) => typeof value === "string")) {
			return;
		}
		const beyond = { direction: "after", isInclusive: false, values } as const;
		const { values: found } = await this.read(direction, beyond, 1);
		if (
			JSON.stringify(found[0]?.map(textOf)) === JSON.stringify(next.map(textOf))
		) {
			return;
		}
		const texts = this.order.filter(
			(_, index) => typeof values[index] === "string",
		);
		throw new TypeError(
			`a list can't be read by cursors in the order of ${texts.map(({ reference }) => `"${reference}"`).join(" and ")}: the database compares its ` +
				"values in another way than it sorts them (as it does with an ENUM or a SET).",
		);
	}

	/** The query; what its driver tells of the columns is kept. A plugin, because nothing else sees a builder's whole result. */
	#observed(): AnySelect {
		return this.#unordered.withPlugin({
			transformQuery: ({ node }) => askingNotes(node),
			transformResult: async ({ result }) => {
				this.#notes = (result as NotedResult)[columnNotes];
				return result;
			},
		});
	}

	#found(rows: readonly unknown[]): FoundRows<Row> {
		return {
			rows: rows as readonly Row[],
			values: rows.map((row) => this.#valuesOf(row)),
		};
	}

	#valuesOf(row: unknown): SortValue[] {
		return exactValues(sortValues(row, this.order, this.#keys));
	}
}

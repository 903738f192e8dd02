import type { SelectQueryNode } from "kysely";
import type { Position, SortValue } from "./cursor.ts";
import { listDigest } from "./cursor.ts";
import {
	askingNotes,
	type ColumnNotes,
	columnNotes,
	type NotedResult,
} from "./exact-values.ts";
import { conditionAt, conditionsBeyond, kyselyCondition } from "./keyset.ts";
import { type CompiledList, compileList, inOrder } from "./null-place.ts";
import type { PageSource } from "./page-source.ts";
import { tableOf } from "./query-nodes.ts";
import { assertNoUnion, namesOf, orderOfQuery } from "./query-order.ts";
import { rowKeyOf } from "./row-key.ts";
import { type AnySelect, builderOf } from "./select-query.ts";
import {
	selectedOrder,
	withHidden,
	withoutHidden,
} from "./selected-columns.ts";
import {
	type ColumnNames,
	exactValues,
	isSameColumn,
	type SortColumn,
	sortValues,
	totalOrder,
} from "./sort-order.ts";
import { hasTies } from "./tied-rows.ts";
import { uniqueKeys } from "./unique-keys.ts";
import { isSamePlace, tied } from "./unique-places.ts";
import {
	isWrongValue,
	kindOf,
	mayBeInexact,
	textOf,
	wrongKind,
} from "./value-kinds.ts";
import type { AnyListOptions, FoundRows, ListKey, Window } from "./window.ts";

/**
 * A query in its order, with what is missing for a place of its own to each row: the key, and where the keys of its tables don't show that it is
 * unique, theirs. One key more costs nothing where the first decides, and a list that can be read is better than one that is refused.
 *
 * @param isFirst true where the first page is read
 * @throws TypeError for a query that cursors can't be made for
 */
export async function queryWindow<Row>(
	source: PageSource<Row>,
	key: ListKey,
	options: AnyListOptions,
	isFirst: boolean,
): Promise<Window<Row>> {
	const query = builderOf(source);
	if (options.orderBy !== undefined) {
		throw new TypeError(
			"orderBy is for lists in memory: give the query an order by its own orderBy().",
		);
	}
	assertNoUnion(query);
	const node = query.toOperationNode();
	const keys = key.columns.map((name) => namesOf(name, node));
	const unordered = query.clearOrderBy();
	const list = compileList(unordered, keys[0]?.reference ?? "");
	const own = orderOfQuery(query, list.nullsOf);
	const named = [...own, ...keys];
	const rowKey = key.isUnique
		? undefined
		: await rowKeyOf(
				node,
				named.map(({ reference }) => reference),
				uniqueKeys(unordered, list, key, isFirst),
			);
	const told = (rowKey ?? []).map(({ reference, nulls }) => ({
		...namesOf(reference, node),
		nulls,
	}));
	const lackedBy = (
		columns: readonly ColumnNames[],
	): readonly (typeof told)[number][] =>
		told.filter(
			(column) => !columns.some((each) => isSameColumn(each, column)),
		);
	const appended = lackedBy(named);
	const { order, hidden } = selectedOrder(
		node,
		totalOrder(
			own,
			[...keys, ...lackedBy(keys).map(({ nulls: _, ...names }) => names)],
			list.nullsOf,
		),
		(column) => appended.some((each) => isSameColumn(each, column)),
	);
	return new QueryWindow<Row>({
		query: withHidden(unordered, hidden),
		list,
		order,
		hidden,
		filters:
			"filters" in options ? options.filters : [list.sql, list.parameters],
		rowsName: `rows of ${tableNames(node)}`,
		isUnique: rowKey !== undefined || key.isUnique,
		neverNull:
			rowKey === undefined ? keys : told.filter(({ nulls }) => nulls !== "one"),
		perhapsNull: told.filter(({ nulls }) => nulls === "many"),
	});
}

/** The tables of a query, for an error. */
function tableNames({ from, joins = [] }: SelectQueryNode): string {
	const tables = [
		...(from?.froms ?? []),
		...joins.map(({ table }) => table),
	].map((table) => `"${tableOf(table)}"`);
	return tables.join(" and ");
}

/** The largest number in 64 bits with a sign. */
const mostSigned = 2n ** 63n - 1n;

/** The parts of a {@link QueryWindow}. */
interface OrderedQuery {
	readonly query: AnySelect;
	readonly list: CompiledList;
	readonly order: readonly SortColumn[];
	/** Columns that rows have for the order alone. */
	readonly hidden: readonly ColumnNames[];
	readonly filters: unknown;
	readonly rowsName: string;
	/** True where no two rows have the same place, as far as can be known. */
	readonly isUnique: boolean;
	/** Columns that would be no key with null. */
	readonly neverNull: readonly ColumnNames[];
	/** Those among them that the database lets be null. */
	readonly perhapsNull: readonly ColumnNames[];
}

/** True where rows with these places are in the page that was read, when it is read once more. */
type IsStill = (...rows: readonly (readonly SortValue[])[]) => Promise<boolean>;

class QueryWindow<Row> implements Window<Row> {
	readonly #list: OrderedQuery;
	readonly order: readonly SortColumn[];
	readonly rowsName: string;
	/** Of the last read: undefined where its driver knows nothing of its columns. */
	#notes: ColumnNotes | undefined;

	constructor(list: OrderedQuery) {
		this.#list = list;
		this.order = list.order;
		this.rowsName = list.rowsName;
	}

	async assertKey(): Promise<void> {
		const { query, isUnique, perhapsNull } = this.#list;
		if (!isUnique && (await hasTies(query, this.order))) {
			throw tied(this);
		}
		if (perhapsNull.length === 0) {
			return;
		}
		const found = await query
			.where(({ or, eb }) =>
				or(perhapsNull.map(({ reference }) => eb(reference, "is", null))),
			)
			.limit(1)
			.execute();
		this.#found(found); // refuses them
	}

	get digest(): string {
		return listDigest(this.order, this.#list.filters);
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
				const part = page.where(kyselyCondition(condition)).limit(missing);
				rows.push(...(await part.execute()));
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
		const [row] = await this.#list.query
			.where((builder) => builder(column.reference, "is not", null))
			.limit(1)
			.execute();
		const other = row === undefined ? null : this.#valuesOf(row)[index];
		if (other == null || kindOf(other) === kindOf(value)) {
			return true;
		}
		return (
			this.#list.list.engine === "sqlite" &&
			typeof value !== "boolean" &&
			(
				await this.#list.query
					.where(kyselyCondition(conditionAt([column], [value])))
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
		position: Position | undefined,
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
		/** False where somebody has written meanwhile: what is wrong with a column is so the next time too. */
		const isStill = async (...rows: readonly (readonly SortValue[])[]) => {
			const again = await this.read(direction, position, size + 1);
			return rows.every((row) =>
				again.values.some((each) => isSamePlace(each, row)),
			);
		};
		const page = values.slice(0, size);
		for (const ends of new Set([page[0], page.at(-1)])) {
			if (ends?.some(mayBeInexact)) {
				await this.#assertFound(ends, isStill);
			}
		}
		const last = page.at(-1);
		const next = values[size];
		if (
			this.#list.list.engine === "mysql" &&
			last !== undefined &&
			next !== undefined
		) {
			await this.#assertFollows(last, next, direction, isStill);
		}
	}

	/** MySQL has integers of 64 bits without a sign, others have none. */
	#isTooBig(value: SortValue): boolean {
		return (
			this.#list.list.engine !== "mysql" &&
			typeof value === "bigint" &&
			value > mostSigned
		);
	}

	async #assertFound(
		values: readonly SortValue[],
		isStill: IsStill,
	): Promise<void> {
		const query = this.#list.query
			.where(kyselyCondition(conditionAt(this.order, values)))
			.limit(1);
		// a value may also be none that the database takes back: a year that its driver writes in another way
		const isFound = () =>
			query.execute().then(
				({ length }) => length > 0,
				(error) => {
					if (isWrongValue(error)) {
						return false;
					}
					throw error;
				},
			);
		if ((await isFound()) || !(await isStill(values)) || (await isFound())) {
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
		isStill: IsStill,
	): Promise<void> {
		if (!values.some((value) => typeof value === "string")) {
			return;
		}
		const beyond = { direction: "after", isInclusive: false, values } as const;
		const isNext = async () => {
			const { values: found } = await this.read(direction, beyond, 1);
			return found[0] !== undefined && isSamePlace(found[0], next);
		};
		if (
			(await isNext()) ||
			!(await isStill(values, next)) ||
			(await isNext())
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
		return this.#list.query.withPlugin({
			transformQuery: ({ node }) => askingNotes(node),
			transformResult: async ({ result }) => {
				this.#notes = (result as NotedResult)[columnNotes];
				return result;
			},
		});
	}

	#found(rows: readonly unknown[]): FoundRows<Row> {
		return {
			rows: withoutHidden(rows, this.#list.hidden) as readonly Row[],
			values: rows.map((row) => this.#valuesOf(row)),
		};
	}

	#valuesOf(row: unknown): SortValue[] {
		return exactValues(sortValues(row, this.order, this.#list.neverNull));
	}
}

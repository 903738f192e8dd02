import { told } from "../errors/options.ts";
import {
	DateText,
	listDigest,
	type Position,
	type SortValue,
} from "./cursor.ts";
import {
	type AnyCursorSource,
	type ConditionWords,
	type CursorPart,
	worded,
} from "./cursor-source.ts";
import {
	bound,
	type Condition,
	conditionsBeyond,
	isNotNull,
} from "./keyset.ts";
import { nullsInMemory } from "./null-place.ts";
import {
	exactValues,
	lowestNulls,
	reversed,
	type SortColumn,
	type SortDirection,
	sortValue,
	totalOrder,
	UnsortableError,
} from "./sort-order.ts";
import {
	assertOrder,
	doubtfulPair,
	isDoubtful,
	isDoubtfulEnd,
	type RowPair,
} from "./source-order.ts";
import { isSamePlace } from "./unique-places.ts";
import { isWrongValue, kindOf, textOf, wrongKind } from "./value-kinds.ts";
import type { AnyListOptions, FoundRows, ListKey, Window } from "./window.ts";

/**
 * A list that a function of the program's gives in parts. What it was asked for is known, so each part is looked at: rows that stand before the place,
 * or in another order, would come twice or never on the pages that follow.
 */
export function sourceWindow<Row>(
	source: AnyCursorSource,
	key: ListKey,
	{ orderBy = [], filters = null }: AnyListOptions,
): Window<Row> {
	const names = key.columns.map((name) => ({
		reference: name,
		property: name,
	}));
	const order = totalOrder(
		orderBy.map(([column, direction, nulls]) => ({
			reference: column,
			property: column,
			direction,
			...(nulls === undefined
				? withoutNulls(direction)
				: nullsInMemory(direction, nulls)),
		})),
		names,
		withoutNulls,
	);
	return new SourceWindow<Row>(source, order, listDigest(order, filters));
}

function withoutNulls(
	direction: SortDirection,
): Pick<SortColumn, "nulls" | "neverNull"> {
	return { nulls: lowestNulls(direction), neverNull: true };
}

class SourceWindow<Row> implements Window<Row> {
	readonly rowsName = "of its rows";
	readonly #source: AnyCursorSource;
	readonly order: readonly SortColumn[];
	readonly digest: string;

	constructor(
		source: AnyCursorSource,
		order: readonly SortColumn[],
		digest: string,
	) {
		this.#source = source;
		this.order = order;
		this.digest = digest;
	}

	/** Two rows that have the same place are seen on the page that has them both. */
	async assertKey(): Promise<void> {}

	async read(
		direction: readonly SortColumn[],
		position: Position | undefined,
		limit: number,
	): Promise<FoundRows<Row>> {
		if (position && hasForeignNull(position, direction)) {
			throw wrongKind();
		}
		const rows = await this.#rows(direction, position, limit);
		const values = rows.map((row) => valuesOf(row, direction));
		assertOrder(values, direction, position);
		return { rows: rows as readonly Row[], values };
	}

	async mayHave(
		index: number,
		value: NonNullable<SortValue>,
	): Promise<boolean> {
		const { order } = this;
		const { reference, neverNull } = order[index] as SortColumn; // the caller counts
		const condition = neverNull ? undefined : isNotNull(reference);
		// where a column has values of several kinds, they stand one kind behind the other
		for (const direction of [order, reversed(order)]) {
			const part = { direction, position: undefined, condition };
			const [row] = await this.#ask(part, 1);
			const other = row === undefined ? null : valuesOf(row, order)[index];
			if (other == null || kindOf(other) === kindOf(value)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * A library may give a value that is less than what the column holds (a `Date` of microseconds), or sort in another way than it compares. So where
	 * that may be, one row is asked for on each side of a place between two rows, and at the end of the list the last one: it must be the one that was seen there.
	 */
	async assertExact(
		{ values }: FoundRows<Row>,
		size: number,
		direction: readonly SortColumn[],
		position: Position | undefined,
	): Promise<void> {
		const pair = doubtfulPair(values, direction);
		const end = values.length > size ? undefined : values.at(-1);
		const isEndAsked =
			end !== undefined && position !== undefined && isDoubtfulEnd(end);
		const isRight = async () => {
			try {
				return (
					(pair === undefined || (await this.#isPassed(pair, direction))) &&
					(!isEndAsked || (await this.#isEnd(end, direction)))
				);
			} catch (error) {
				if (isWrongValue(error)) {
					return false; // the database does not take back what it gave
				}
				throw error;
			}
		};
		if (await isRight()) {
			return;
		}
		// somebody may have written meanwhile: what is wrong with the columns is so the next time too
		const again = await this.#rows(direction, position, size + 1);
		const places = again.map((row) => valuesOf(row, direction));
		const isChanged =
			places.length !== values.length ||
			places.some((each, index) => !isSamePlace(each, values[index] ?? []));
		if (isChanged || (await isRight())) {
			return;
		}
		const [last, next] = pair ?? [values.at(-1) ?? [], []];
		const names = direction
			.filter((_, index) => isDoubtful(last[index], next[index]))
			.map(({ reference }) => `"${reference}"`);
		throw new UnsortableError(
			`a list can't be read by cursors in the order of ${names.join(" and ")}: its source does not find the row that follows ` +
				`(${last.map(textOf).join(", ")}) by these values. Either they are less than what the column holds (a date of microseconds: ` +
				"read it as a text, or make the column no finer), or the source compares them in another way than it sorts them (an enumeration).",
		);
	}

	/** True where the list has no further row behind the last one that was read. */
	async #isEnd(
		end: readonly SortValue[],
		direction: readonly SortColumn[],
	): Promise<boolean> {
		const order = reversed(direction);
		const [last] = await this.#rows(order, undefined, 1);
		return last !== undefined && isSamePlace(valuesOf(last, order), end);
	}

	async #isPassed(
		[last, next]: RowPair,
		direction: readonly SortColumn[],
	): Promise<boolean> {
		for (const [from, to, order] of [
			[last, next, direction],
			[next, last, reversed(direction)],
		] as const) {
			const [found] = await this.#rows(order, beyond(from), 1);
			if (found === undefined || !isSamePlace(valuesOf(found, order), to)) {
				return false;
			}
		}
		return true;
	}

	async #rows(
		direction: readonly SortColumn[],
		position: Position | undefined,
		limit: number,
	): Promise<readonly unknown[]> {
		const conditions =
			position === undefined
				? [undefined]
				: conditionsBeyond(direction, position);
		const rows: unknown[] = [];
		for (const condition of conditions) {
			const missing = limit - rows.length;
			if (missing > 0) {
				const part = { direction, position, condition };
				rows.push(...(await this.#ask(part, missing)));
			}
		}
		return rows;
	}

	/** @throws TypeError for a source that has not used what it was given, or gives something else than rows */
	async #ask(wanted: Wanted, limit: number): Promise<readonly unknown[]> {
		const use = { isMade: wanted.condition === undefined };
		const rows: unknown = await this.#source(partOf(wanted, limit, use));
		if (!Array.isArray(rows) || rows.length > limit) {
			throw new UnsortableError(
				`paginate(): the source must give a list of at most ${limit} rows, as it was asked for by limit, got ${Array.isArray(rows) ? rows.length : told(rows)}.`,
			);
		}
		if (!use.isMade) {
			throw new UnsortableError(
				"paginate(): the source has not asked where() for its condition, nor used place: every page would begin with the first row.",
			);
		}
		return rows;
	}
}

interface Wanted {
	readonly direction: readonly SortColumn[];
	readonly position: Position | undefined;
	readonly condition: Condition | undefined;
}

/** @param use is told when the source has made a condition of it */
function partOf(
	{ direction, position, condition }: Wanted,
	limit: number,
	use: { isMade: boolean },
): CursorPart {
	const nullable = direction.find(({ neverNull }) => !neverNull);
	return {
		order: direction.map(({ property, direction, nulls, neverNull }) => ({
			column: property,
			direction,
			nulls: neverNull ? undefined : nulls,
		})),
		limit,
		where<Made>(words: ConditionWords<string, Made>): Made | undefined {
			if (nullable !== undefined && !(words.isNull && words.isNotNull)) {
				throw new UnsortableError(
					`where() needs the words isNull and isNotNull: "${nullable.reference}" may be null.`,
				);
			}
			use.isMade = true;
			return condition && worded(condition, words, bound);
		},
		get place() {
			use.isMade = true;
			return position && placeOf(position, direction);
		},
	};
}

function placeOf(
	{ values, isInclusive }: Position,
	direction: readonly SortColumn[],
): CursorPart["place"] {
	return {
		isInclusive,
		values: Object.fromEntries(
			direction.map(({ property }, index) => {
				const value = values[index] ?? null;
				return [property, value === null ? null : bound(value)];
			}),
		),
	};
}

function valuesOf(row: unknown, order: readonly SortColumn[]): SortValue[] {
	return exactValues(
		order.map((column) => {
			const value = sortValue(row, column, textForm);
			if (value === null && column.neverNull) {
				throw new UnsortableError(
					`"${column.reference}" is null in a row of the list: say where such rows stand, orderBy: [["${column.reference}", "${column.direction}", "nulls last"]]; a key is never null.`,
				);
			}
			return value;
		}),
	);
}

/** A decimal, and whatever else writes itself as a text. */
function textForm(value: unknown): unknown {
	if (value instanceof Date || value instanceof DateText) {
		return value;
	}
	const { toJSON } = Object(value) as { readonly toJSON?: unknown };
	const text: unknown =
		typeof value === "object" && typeof toJSON === "function"
			? toJSON.call(value)
			: undefined;
	return typeof text === "string" ? text : value;
}

/** True for a cursor with null in a column that has none. */
function hasForeignNull(
	{ values }: Position,
	order: readonly SortColumn[],
): boolean {
	return order.some(
		({ neverNull }, index) => neverNull && (values[index] ?? null) === null,
	);
}

function beyond(values: readonly SortValue[]): Position {
	return { direction: "after", isInclusive: false, values };
}

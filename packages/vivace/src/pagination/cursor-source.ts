import type { Comparison, Condition } from "./keyset.ts";
import type { NullPlace, SortDirection } from "./sort-order.ts";

/** A value of a column that a list from a source of one's own is sorted by; what writes itself as a text by `toJSON`, as a decimal does, is kept as that text. */
export type SourceValue =
	| string
	| number
	| bigint
	| boolean
	| Date
	| { toJSON(): string };

/** A column that a source's list is sorted by, with the place of null where the column may have it. */
export type SourceSorting =
	| readonly [column: string, direction: SortDirection]
	| readonly [
			column: string,
			direction: SortDirection,
			nulls: `nulls ${NullPlace}`,
	  ];

/** The order of a source's list, most significant column first. */
export type SourceOrder = readonly SourceSorting[];

/** The columns of an order, and of the key. */
export type SourceColumn<Order extends SourceOrder, Key extends string> =
	| Order[number][0]
	| Key;

/** The columns of an order that may be null. */
export type NullableColumn<Order extends SourceOrder> = Extract<
	Order[number],
	readonly [string, SortDirection, string]
>[0];

/** The columns that a source's rows must have for its order. */
export type SortedRow<Order extends SourceOrder, Key extends string> = {
	readonly [Column in Exclude<
		SourceColumn<Order, Key>,
		NullableColumn<Order>
	>]: SourceValue;
} & {
	readonly [Column in NullableColumn<Order>]: SourceValue | null;
};

/** A column of the order in which a part is to be read. */
export interface PartColumn<Column extends string = string> {
	readonly column: Column;
	readonly direction: SortDirection;
	/** The place of null; undefined for a column that has none. */
	readonly nulls: NullPlace | undefined;
}

/** A library's own way to say a condition on rows, of which {@link CursorPart.where} makes that of a part. */
export interface ConditionWords<Column extends string, Made> {
	/** All of two or more hold. */
	and(conditions: Made[]): Made;
	/** One of two or more holds. */
	or(conditions: Made[]): Made;
	/** @param value never null; a date, or what stood for it in a row as a text */
	compare(
		column: Column,
		operator: Exclude<Comparison, "=">,
		value: PlaceValue,
	): Made;
	/** Needed where the order has a column with null. */
	isNull?(column: Column): Made;
	/** Needed where the order has a column with null. */
	isNotNull?(column: Column): Made;
}

/** A value of a place in a list, as a source is given it. */
export type PlaceValue = string | number | bigint | boolean | Date;

/** The place at which a part begins. */
export interface PartPlace<Column extends string = string> {
	/** The row's value in each column of the order. */
	readonly values: Readonly<Record<Column, PlaceValue | null>>;
	/** True when the row at that place belongs to the part. */
	readonly isInclusive: boolean;
}

/** A part of a list, as a source of one's own is asked for it. */
export interface CursorPart<Column extends string = string> {
	/** The order to read in: the list's, or from its other end. */
	readonly order: readonly PartColumn<Column>[];
	/** The most rows to give; where fewer come, the list ends there. */
	readonly limit: number;
	/** The condition on the rows, beside those of the list, in a library's own words; undefined where the part begins with the first row. */
	where<Made>(words: ConditionWords<Column, Made>): Made | undefined;
	/** For sources that know no conditions: after which place the part begins; undefined where it begins with the first row. Of no use in an order with null. */
	readonly place: PartPlace<Column> | undefined;
}

/** Any other source of pages by cursors: gives the rows of a part, in the order that is asked for. */
export type CursorSource<
	Row,
	Order extends SourceOrder = readonly [],
	Key extends string = string,
> = (
	part: CursorPart<SourceColumn<Order, Key>>,
) =>
	| readonly (Row & SortedRow<Order, Key>)[]
	| PromiseLike<readonly (Row & SortedRow<Order, Key>)[]>;

/** A {@link CursorSource} of any rows. */
export type AnyCursorSource = (
	part: CursorPart,
) => readonly unknown[] | PromiseLike<readonly unknown[]>;

/** A condition in words. */
export function worded<Made>(
	condition: Condition,
	words: ConditionWords<string, Made>,
	bound: (value: never) => PlaceValue,
): Made {
	if ("all" in condition) {
		return words.and(condition.all.map((each) => worded(each, words, bound)));
	}
	if ("any" in condition) {
		return words.or(condition.any.map((each) => worded(each, words, bound)));
	}
	const { column } = condition;
	if ("isNull" in condition) {
		const word = condition.isNull ? words.isNull : words.isNotNull;
		return (word as NonNullable<typeof word>).call(words, column); // where() has looked
	}
	const { operator, value } = condition;
	return words.compare(column, operator as "<", bound(value as never)); // no part is asked for by "="
}

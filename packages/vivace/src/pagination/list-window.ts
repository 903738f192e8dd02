import { listDigest, type Position, type SortValue } from "./cursor.ts";
import { compareValues } from "./keyset.ts";
import { nullsInMemory } from "./null-place.ts";
import { type SortColumn, sortValues, totalOrder } from "./sort-order.ts";
import { assertUnique } from "./unique-places.ts";
import { kindOf, kindsIn } from "./value-kinds.ts";
import type { AnyListOptions, Window } from "./window.ts";

/** A list in memory in an order. */
export function listWindow<Row>(
	list: readonly Row[],
	keys: readonly string[],
	{ orderBy = [], filters = null }: AnyListOptions,
): Window<Row> {
	const names = keys.map((key) => ({ reference: key, property: key }));
	const order = totalOrder(
		orderBy.map(([column, direction, nulls]) => ({
			reference: column,
			property: column,
			direction,
			...nullsInMemory(direction, nulls),
		})),
		names,
		(direction) => nullsInMemory(direction),
	);
	const rowsName = "of its rows";
	return {
		rowsName,
		order,
		digest: listDigest(order, filters),
		async assertKey() {
			const values = list.map((row) => sortValues(row, order, names));
			values.sort((left, right) => compareValues(left, right, order));
			assertUnique(values, { order, rowsName });
		},
		async read(direction, position, limit) {
			const entries: [values: SortValue[], row: Row][] = list.map((row) => [
				sortValues(row, direction, names),
				row,
			]);
			const found = entries
				.filter(([values]) => isListed(values, position, direction))
				.sort(([left], [right]) => compareValues(left, right, direction))
				.slice(0, limit);
			return {
				rows: found.map(([, row]) => row),
				values: found.map(([values]) => values),
			};
		},
		async mayHave(index, value) {
			const all = list.map((row) => sortValues(row, order, names));
			const kinds = kindsIn(all, index);
			return kinds.size === 0 || kinds.has(kindOf(value));
		},
		async assertExact() {},
	};
}

function isListed(
	values: readonly SortValue[],
	position: Position | undefined,
	order: readonly SortColumn[],
): boolean {
	if (position === undefined) {
		return true;
	}
	const compared = compareValues(values, position.values, order);
	return compared > 0 || (compared === 0 && position.isInclusive);
}

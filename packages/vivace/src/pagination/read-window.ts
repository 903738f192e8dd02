import type { Position } from "./cursor.ts";
import type { AnyCursorSource } from "./cursor-source.ts";
import { listWindow } from "./list-window.ts";
import { isList, type PageSource } from "./page-source.ts";
import { queryWindow } from "./query-window.ts";
import { reversed, type SortColumn, UnsortableError } from "./sort-order.ts";
import { sourceWindow } from "./source-window.ts";
import { assertUnique } from "./unique-places.ts";
import { isWrongValue, kindOf, kindsIn, wrongKind } from "./value-kinds.ts";
import type {
	AnyListOptions,
	FoundRows,
	ListKey,
	Window,
	WindowPage,
} from "./window.ts";

/** @throws TypeError for a query that cursors can't be made for */
export async function windowOf<Row>(
	source: PageSource<Row> | AnyCursorSource,
	key: ListKey,
	options: AnyListOptions,
	isFirst: boolean,
): Promise<Window<Row>> {
	if (typeof source === "function") {
		return sourceWindow(source, key, options);
	}
	return isList(source)
		? listWindow(source, key.columns, options)
		: queryWindow(source, key, options, isFirst);
}

/**
 * Reads one row more than wanted: that one says that something follows.
 *
 * @throws CursorError for a position that the list can't have; TypeError for an order that cursors can't be made of
 */
export async function readFrom<Row>(
	window: Window<Row>,
	position: Position | undefined,
	size: number,
): Promise<WindowPage<Row>> {
	if (position === undefined) {
		await window.assertKey();
	}
	const isBackwards = position?.direction === "before";
	const order = isBackwards ? reversed(window.order) : window.order;
	const found = await readTwice(window, order, position, size + 1);
	if (position !== undefined) {
		await assertKinds(window, position, found.values);
	}
	assertUnique(found.values, window);
	await window.assertExact(found, size, order, position);
	const hasMore = found.rows.length > size;
	const rows = found.rows.slice(0, size);
	const values = found.values.slice(0, size);
	const hasOther = await hasBehind(window, position);
	return isBackwards
		? {
				rows: rows.reverse(),
				values: values.reverse(),
				hasBefore: hasMore,
				hasAfter: hasOther,
			}
		: { rows, values, hasBefore: hasOther, hasAfter: hasMore };
}

/**
 * A database may refuse a cursor's value that its driver, or it itself, can't take for the column: then the list can be read without the cursor,
 * and with it not the second time either. That is the client's mistake.
 */
async function readTwice<Row>(
	window: Window<Row>,
	order: readonly SortColumn[],
	position: Position | undefined,
	limit: number,
): Promise<FoundRows<Row>> {
	try {
		return await window.read(order, position, limit);
	} catch (error) {
		if (position === undefined || error instanceof UnsortableError) {
			throw error;
		}
		if (!isWrongValue(error)) {
			await window.read(order, undefined, 1).catch(() => {
				throw error;
			});
		}
		return await window.read(order, position, limit).catch((cause) => {
			throw wrongKind({ cause });
		});
	}
}

/** @throws CursorError where a cursor's value is not of its column's kind */
async function assertKinds(
	window: Window<unknown>,
	{ values }: Position,
	rows: FoundRows<unknown>["values"],
): Promise<void> {
	for (const [index, value] of values.entries()) {
		if (value === null || kindsIn(rows, index).has(kindOf(value))) {
			continue;
		}
		if (!(await window.mayHave(index, value))) {
			throw wrongKind();
		}
	}
}

/** True when something lies on the other side of a position: the item at the position itself does, where it is not read. */
async function hasBehind(
	window: Window<unknown>,
	position: Position | undefined,
): Promise<boolean> {
	const { order } = window;
	if (position === undefined) {
		return false;
	}
	if (!position.isInclusive) {
		return true;
	}
	const behind = position.direction === "after" ? reversed(order) : order;
	const beyond = { ...position, isInclusive: false };
	const { rows } = await window.read(behind, beyond, 1);
	return rows.length > 0;
}

import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { type CursorCodec, cursorCodec } from "./cursor.ts";
import type { LinkForm } from "./page-links.ts";
import type { ExtraFields, PageShapeOptions } from "./page-shape.ts";
import {
	keysOf,
	type PagingOptions,
	pagingRules,
	type ResolvedPaging,
	resolvePaging,
} from "./paging-options.ts";
import type { TotalOption } from "./total-option.ts";
import type { ListKey } from "./window.ts";

/** The members of a page beside its items; the texts are cursors. */
export interface CursorPageFields<Total extends number | null = null> {
	readonly total: Total;
	/** Gives this page again, with what was added to it; null for an empty one. */
	readonly current_page: string | null;
	/** Gives this page again, counted from its last item; null for an empty one. */
	readonly current_page_backwards: string | null;
	/** Null on the first page. */
	readonly previous_page: string | null;
	/** Null on the last page. */
	readonly next_page: string | null;
}

/** Options of `cursorPageOf`. */
export interface CursorPagingOptions<
	Total extends TotalOption = TotalOption,
	FieldNames extends object = Record<never, never>,
	Extra extends ExtraFields = Record<never, never>,
	Links extends LinkForm | "none" = "none",
	Flat extends boolean = false,
	Key extends string | readonly [string, ...string[]] =
		| string
		| readonly [string, ...string[]],
> extends PagingOptions<
		"cursor" | "size",
		Total,
		"items" | "links" | keyof CursorPageFields,
		FieldNames,
		Extra,
		Links,
		Flat
	> {
	/**
	 * A column that is unique and never null, the primary key, or the columns of one that are so together: appended to an order that lacks
	 * them, in the direction of its last column. In a join with its table: `"note.id"`. They must be selected, as all columns of the order.
	 *
	 * Where a table's own keys don't show that they are unique, its primary key is put behind them, unseen.
	 */
	readonly key: Key;
	/**
	 * True: `key` is unique in each of these lists, by the program's word, and no database is asked for its keys; two rows that have the
	 * same one are an error on the page between them. Default: false.
	 */
	readonly unique?: boolean;
	/**
	 * Signs cursors (HMAC with SHA-256), so that clients can't make their own: at least 16 bytes, the same on every server. Without it a
	 * cursor shows the values that the list is sorted by, and a forged one begins anywhere, in this client's own list. Default: not signed.
	 */
	readonly signingKey?: string | Uint8Array;
}

const cursorPagingRules: OptionRules<CursorPagingOptions> = {
	...pagingRules,
	key: { required: "any" }, // keysOf
	unique: "boolean",
	signingKey: (value) =>
		typeof value === "string" || value instanceof Uint8Array
			? undefined
			: "a text or bytes",
};

/** Options of cursor pages of any shape. */
type AnyCursorPagingOptions = Omit<
	CursorPagingOptions,
	keyof PageShapeOptions
> &
	PageShapeOptions;

/** The options of pages by cursors, resolved. @throws SetupError `VIV_OPTION` */
export function resolveCursorPaging(options: AnyCursorPagingOptions): {
	readonly paging: ResolvedPaging;
	readonly key: ListKey;
	readonly codec: CursorCodec;
} {
	assertOptions("cursorPageOf()", options, cursorPagingRules);
	const paging = resolvePaging(
		"cursorPageOf()",
		["cursor", "size"],
		options,
		"none",
	);
	if (options.flat && options.links === undefined) {
		throw new SetupError(
			"VIV_OPTION",
			'cursorPageOf(): "flat" needs "links", since a list alone has no place for the cursor of the next page: add links: "relative".',
		);
	}
	assertSigningKey(options.signingKey);
	return {
		paging,
		key: {
			columns: keysOf("cursorPageOf()", options.key),
			isUnique: options.unique ?? false,
		},
		codec: cursorCodec(options.signingKey),
	};
}

function assertSigningKey(key: string | Uint8Array | undefined): void {
	if (key === undefined || Buffer.byteLength(key) >= 16) {
		return;
	}
	throw new SetupError(
		"VIV_OPTION",
		`cursorPageOf(): signingKey must have at least 16 bytes, got ${Buffer.byteLength(key)}.`,
	);
}

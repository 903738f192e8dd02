export {
	type CursorPage,
	type CursorPageFields,
	type CursorPages,
	type CursorPagingOptions,
	type CursorParams,
	cursorPageOf,
} from "./pagination/cursor-pages.ts";
export {
	type LimitOffsetFields,
	type LimitOffsetPage,
	type LimitOffsetPages,
	type LimitOffsetParams,
	limitOffsetPageOf,
} from "./pagination/limit-offset-page.ts";
export type { OffsetPages } from "./pagination/offset-pages.ts";
export {
	type Page,
	type PageFields,
	type PageParams,
	type Pages,
	pageOf,
} from "./pagination/page.ts";
export type {
	ItemOf,
	Paged,
	PageSchema,
} from "./pagination/page-schema.ts";
export type { PageSource, SelectQuery } from "./pagination/page-source.ts";
export type {
	OffsetPagingOptions,
	PagingOptions,
	TotalOf,
	TotalOption,
} from "./pagination/paging-options.ts";
export type { SortDirection } from "./pagination/sort-order.ts";
export type { TransformOptions } from "./pagination/transform.ts";
export type { ListOptions } from "./pagination/window.ts";

export type {
	CursorPageFields,
	CursorPagingOptions,
} from "./pagination/cursor-options.ts";
export {
	type CursorPage,
	type CursorPages,
	type CursorParams,
	cursorPageOf,
	type SourceOptions,
} from "./pagination/cursor-pages.ts";
export type {
	ConditionWords,
	CursorPart,
	CursorSource,
	NullableColumn,
	PartColumn,
	PartPlace,
	PlaceValue,
	SortedRow,
	SourceColumn,
	SourceOrder,
	SourceSorting,
	SourceValue,
} from "./pagination/cursor-source.ts";
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
	type PageNumberOptions,
	type PageParams,
	type Pages,
	pageOf,
} from "./pagination/page.ts";
export type { BodyLinks, LinkForm } from "./pagination/page-links.ts";
export type {
	ItemOf,
	Paged,
} from "./pagination/page-schema.ts";
export type {
	CallArguments,
	ExtraFields,
	ExtraOption,
	ExtraValues,
	PageSchema,
	PageShape,
	PageShapeOptions,
	PlainShape,
	Shaped,
	ShapeOf,
} from "./pagination/page-shape.ts";
export type {
	AnyOffsetSource,
	ListPart,
	OffsetSource,
	PageSource,
	SelectQuery,
} from "./pagination/page-source.ts";
export type {
	OffsetPagingOptions,
	PagingOptions,
} from "./pagination/paging-options.ts";
export type { NullPlace, SortDirection } from "./pagination/sort-order.ts";
export type { TotalOf, TotalOption } from "./pagination/total-option.ts";
export type {
	Counted,
	CountOptions,
	TransformOptions,
} from "./pagination/transform.ts";
export type { ListOptions } from "./pagination/window.ts";

import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { BodyLinks, LinkForm } from "./page-links.ts";
import type { Paged } from "./page-schema.ts";

/** Schemas of a page's additional fields, by their names. */
export type ExtraFields = Readonly<Record<string, StandardSchemaV1>>;

/** Options for the format of a page in the response. */
export interface PageShapeOptions<
	Field extends string = string,
	FieldNames extends object = object,
	Extra extends ExtraFields = ExtraFields,
	Links extends LinkForm | "none" = LinkForm | "none",
	Flat extends boolean = boolean,
> {
	/** Other names for the page's fields: `{ items: "data" }`. Default: their own. */
	readonly fieldNames?: FieldNames &
		Readonly<Record<Exclude<keyof FieldNames, Field>, never>>;
	/** Additional fields with their schemas: `{ unread: z.int() }`; pass their values to `paginate`. Default: none. */
	readonly extra?: Extra;
	/**
	 * Adds a field `links` with `first`, `last`, `self`, `next` and `prev`, null if there is no such page: `"path"` as in
	 * fastapi-pagination, `"absolute"` or `"relative"`. Default: `"none"`.
	 */
	readonly bodyLinks?: Links;
	/**
	 * True: the response is only the list of items. The total, if there is one, is in the header `X-Total-Count`, and `links` gives the
	 * other pages in `Link`. Default: false.
	 */
	readonly flat?: Flat;
}

/** The look of an answer with a page, as a type: {@link PageShapeOptions} as they were given. */
export interface PageShape {
	readonly fieldNames: object;
	readonly extra: ExtraFields;
	readonly bodyLinks: LinkForm | "none";
	readonly flat: boolean;
}

/** A page as it is where no option says otherwise. */
export interface PlainShape extends PageShape {
	readonly fieldNames: Record<never, never>;
	readonly extra: Record<never, never>;
	readonly bodyLinks: "none";
	readonly flat: false;
}

/** The shape that options give. */
export interface ShapeOf<
	FieldNames extends object,
	Extra extends ExtraFields,
	Links extends LinkForm | "none",
	Flat extends boolean,
> extends PageShape {
	readonly fieldNames: FieldNames;
	readonly extra: Extra;
	readonly bodyLinks: Links;
	readonly flat: Flat;
}

/** The values of a page's additional fields. */
export type ExtraValues<Extra extends ExtraFields> = {
	readonly [Name in keyof Extra]: StandardSchemaV1.InferOutput<Extra[Name]>;
};

/** A page in its shape: the list alone, or an object of its fields under their names and the additional ones. */
export type Shaped<Fields, Item, Shape extends PageShape> = Shape extends {
	readonly flat: true;
}
	? Item[]
	: Shape extends PlainShape
		? Paged<Fields, Item>
		: Renamed<
				Paged<Fields, Item> &
					(Shape["bodyLinks"] extends "none"
						? unknown
						: { readonly links: BodyLinks }),
				Shape["fieldNames"]
			> &
				ExtraValues<Shape["extra"]>;

type Renamed<Fields, Names> = {
	readonly [Name in keyof Fields as Name extends keyof Names
		? Names[Name] & string
		: Name]: Fields[Name];
};

/** The option of `paginate` with the values of a page's additional fields; there is none where a page has no such fields. */
export type ExtraOption<Shape extends PageShape> =
	keyof Shape["extra"] extends never
		? unknown
		: { readonly extra: ExtraValues<Shape["extra"]> };

/** The options of `paginate`, which must be given where the page has additional fields. */
export type CallArguments<
	Shape extends PageShape,
	Options,
> = keyof Shape["extra"] extends never
	? [options?: Options & { readonly extra?: never }]
	: [options: Options & ExtraOption<Shape>];

/** The response schema of pages of items of one schema, in their shape. */
export type PageSchema<
	Schema extends StandardSchemaV1,
	Fields,
	Shape extends PageShape = PlainShape,
> = StandardSchemaV1<
	Shaped<Fields, StandardSchemaV1.InferInput<Schema>, Shape>,
	Shaped<Fields, StandardSchemaV1.InferOutput<Schema>, Shape>
>;

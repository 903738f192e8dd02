import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
	assertOptions,
	isRecord,
	type OptionRules,
	told,
} from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import {
	type AnswerHeaders,
	BuiltInSchema,
} from "../schema/library/built-in/built-in-schema.ts";
import { isSchema } from "../schema/standard-schema.ts";
import type {
	BodyLinks,
	LinkForm,
	LinkTargets,
	PageLinks,
} from "./page-links.ts";
import { pageSchema } from "./page-schema.ts";
import type { ExtraFields, PageShapeOptions } from "./page-shape.ts";
import type { TotalOption } from "./total-option.ts";

/** Rules of {@link PageShapeOptions}. */
export const pageShapeRules: OptionRules<PageShapeOptions> = {
	fieldNames: "any", // fieldNames, which knows them
	extra: "record",
	bodyLinks: ["absolute", "path", "relative", "none"],
	flat: "boolean",
};

/** The parts that an answer is made of. */
export interface ReadPage {
	readonly items: readonly unknown[];
	/** The page's own fields. */
	readonly fields: Readonly<Record<string, unknown>> & {
		readonly total: number | null;
	};
	readonly targets: LinkTargets;
	/** The values of the additional fields. */
	readonly extra: Readonly<Record<string, unknown>> | undefined;
}

/** Makes answers of pages of one declaration. */
export interface PageShaper {
	readonly schema: BuiltInSchema<unknown>;
	/** @throws SetupError where the values of the additional fields are not those that the page has */
	answer(page: ReadPage, links: PageLinks | undefined): unknown;
}

/**
 * Resolves the shape of pages.
 *
 * @param what how errors call the function: `pageOf()`
 * @param kind the generic model's name: `Page`
 * @param own the schemas of the page's fields beside its items
 * @throws SetupError `VIV_OPTION` for names that are given twice, and for options that exclude each other
 */
export function pageShaper(
	what: string,
	kind: string,
	item: StandardSchemaV1,
	options: PageShapeOptions & {
		readonly name?: string;
		readonly links?: LinkForm;
		readonly total?: TotalOption;
	},
	own: Readonly<Record<string, StandardSchemaV1>>,
): PageShaper {
	const { bodyLinks = "none", links: header, extra = {} } = options;
	if (options.flat) {
		assertFlat(what, options);
		return {
			schema: pageSchema(
				kind,
				item,
				{ ...linkHeader(header), ...totalHeader(options.total ?? "exact") },
				undefined,
			),
			answer({ items, fields: { total }, targets }, links) {
				if (header !== undefined) {
					links?.writeHeader(targets, header);
				}
				if (total !== null) {
					links?.writeTotal(total);
				}
				return items;
			},
		};
	}
	const inBody = bodyLinks === "none" ? {} : { links: bodyLinksSchema };
	const names = fieldNames(what, ["items", ...Object.keys(own)], options, {
		...inBody,
		...own,
	});
	assertExtra(what, extra, [...names.values()]);
	const nameOf = (field: string): string => names.get(field) ?? field;
	const renamed = (fields: Readonly<Record<string, unknown>>): object =>
		Object.fromEntries(
			Object.entries(fields).map(([field, value]) => [nameOf(field), value]),
		);
	const extraRules: Record<string, { readonly required: "any" }> = {};
	for (const name of Object.keys(extra)) {
		extraRules[name] = { required: "any" };
	}
	return {
		schema: pageSchema(kind, item, linkHeader(header), {
			name: options.name,
			itemsName: nameOf("items"),
			fields: { ...renamed({ ...own, ...inBody }), ...extra },
		}),
		answer({ items, fields, targets, extra: values = {} }, links) {
			if (header !== undefined) {
				links?.writeHeader(targets, header);
			}
			assertOptions<Readonly<Record<string, unknown>>>(
				"paginate(): extra",
				values,
				extraRules as never, // its names are not known to the compiler
			);
			const page =
				bodyLinks === "none"
					? { items, ...fields }
					: {
							items,
							...fields,
							links: links?.bodyLinks(targets, bodyLinks) ?? noLinks,
						};
			return { ...renamed(page), ...values };
		},
	};
}

/** The header that {@link PageLinks.writeHeader} sends, for the document. */
function linkHeader(form: LinkForm | undefined): AnswerHeaders {
	return form === undefined
		? {}
		: {
				Link: {
					description:
						"Addresses of other pages, by relation: first, prev, next and, where it is known, last (RFC 8288)",
					schema: { type: "string" },
				},
			};
}

/** The header that {@link PageLinks.writeTotal} sends, for the document. */
function totalHeader(total: TotalOption): AnswerHeaders {
	if (total === "none") {
		return {};
	}
	const description =
		total === "exact"
			? "Number of items"
			: `Number of items, counted up to ${total.cappedAt}, which stands for as many or more`;
	return {
		"X-Total-Count": {
			description,
			schema: { type: "integer", minimum: 0 },
		},
	};
}

/** Of a page that no request has asked for. */
const noLinks: BodyLinks = {
	first: null,
	last: null,
	self: null,
	next: null,
	prev: null,
};

const link = new BuiltInSchema<string | null>({
	kind: "text",
	options: { isNullable: true },
});

const bodyLinksSchema = new BuiltInSchema<BodyLinks>({
	kind: "object",
	fields: { first: link, last: link, self: link, next: link, prev: link },
	options: {
		description: "Addresses of the other pages, null where there is none",
		name: () => "Links",
	},
});

/** @throws SetupError for options that a list alone has no place for */
function assertFlat(
	what: string,
	options: PageShapeOptions & { readonly name?: string },
): void {
	const { bodyLinks, extra, fieldNames, name } = options;
	const given = Object.entries({
		extra: extra !== undefined && isNotEmpty(extra),
		fieldNames: fieldNames !== undefined && isNotEmpty(fieldNames),
		bodyLinks: bodyLinks !== undefined && bodyLinks !== "none",
		name: name !== undefined,
	}).find(([, isGiven]) => isGiven);
	if (given !== undefined) {
		throw refusal(
			what,
			`"flat" and "${given[0]}" exclude each other: a flat page is the list of its items alone, which has no fields and no name; leave one of the two out.`,
		);
	}
}

/** True for what would be ignored: a record of nothing says nothing. */
function isNotEmpty(given: object): boolean {
	return !isRecord(given) || Object.keys(given).length > 0;
}

/** The names of all fields in the answer, by their own. */
function fieldNames(
	what: string,
	fields: readonly string[],
	{ fieldNames: given = {} }: PageShapeOptions,
	schemas: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, string> {
	const all = [...fields, ...("links" in schemas ? ["links"] : [])];
	assertOptions(
		`${what}: fieldNames`,
		given as object,
		Object.fromEntries(all.map((field) => [field, isName] as const)),
	);
	const names = new Map<string, string>();
	for (const field of all) {
		const name = (given as Readonly<Record<string, string>>)[field] ?? field;
		if ([...names.values()].includes(name)) {
			throw twice(what, name, "give one of them another name by fieldNames");
		}
		names.set(field, name);
	}
	return names;
}

function isName(value: unknown): string | undefined {
	return typeof value === "string" && value !== ""
		? undefined
		: "a text that is not empty";
}

function assertExtra(
	what: string,
	extra: ExtraFields,
	taken: readonly string[],
): void {
	for (const [name, schema] of Object.entries(extra)) {
		if (!isSchema(schema)) {
			throw refusal(
				what,
				`extra.${name} must be a schema, such as z.int(), got ${told(schema)}.`,
			);
		}
		if (taken.includes(name)) {
			throw twice(
				what,
				name,
				"give the additional one another name, or the page's own by fieldNames",
			);
		}
	}
}

function twice(what: string, name: string, remedy: string): SetupError {
	return refusal(
		what,
		`two fields of the page are named "${name}": ${remedy}.`,
	);
}

function refusal(what: string, problem: string): SetupError {
	return new SetupError("VIV_OPTION", `${what}: ${problem}`);
}

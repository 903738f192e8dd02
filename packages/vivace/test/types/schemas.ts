/**
 * The types under aliases and errors of one's own. Nothing here runs: `npm run types` is the test, and an error that does not come is an
 * error itself.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { z } from "zod";
import { App, Query } from "../../src/index.ts";
import { aliased, camel, customError, snake } from "../../src/schemas.ts";

type Equal<Left, Right> =
	(<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2
		? true
		: false;

/** Accepts only a schema whose wire form is exactly `Expected`. */
function wire<Expected>() {
	return <Schema extends StandardSchemaV1>(
		_schema: Schema,
		..._same: Equal<StandardSchemaV1.InferInput<Schema>, Expected> extends true
			? []
			: [never]
	): void => {};
}

const Book = z.object({
	list_price: z.number(),
	sold_at: z.date().nullable(),
	_private_key: z.string(),
	line_items: z.array(z.object({ unit_price: z.number() })),
});
const CamelBook = camel(Book);
wire<{
	listPrice: number;
	soldAt: Date | null;
	_privateKey: string;
	lineItems: { unitPrice: number }[];
}>()(CamelBook);
wire<{ "list-price": number; aB: number }>()(
	camel(z.object({ list_price: z.number(), a_b: z.number() }), {
		aliases: { list_price: ["list-price", "price"] },
	}),
);
wire<{ list_price: number; item_id: string; v2_name: string; _id: number }>()(
	snake(
		z.object({
			listPrice: z.number(),
			itemID: z.string(),
			v2Name: z.string(),
			key: z.number(),
		}),
		{ aliases: { key: "_id" } },
	),
);
wire<{ B: number; c: number }>()(
	aliased(z.object({ b: z.number(), c: z.number() }), { aliases: { b: "B" } }),
);

// @ts-expect-error: an alias for what is no field
camel(Book, { aliases: { price: "x" } });

const app = new App();
app.post(
	{ path: "/", response: CamelBook },
	{ book: CamelBook },
	({ book }) => {
		const price: number = book.list_price;
		// @ts-expect-error: the name on the wire is for the wire
		book.listPrice;
		return { ...book, list_price: price };
	},
);
// @ts-expect-error: the name on the wire is for the wire
app.get({ path: "/", response: CamelBook }, { book: Query(CamelBook) }, () => ({
	listPrice: 1,
	sold_at: null,
	_private_key: "",
	line_items: [],
}));
const Shouted = aliased(z.object({ name: z.string() }), {
	aliasGenerator: (own) => own.toUpperCase(),
});
app.get({ path: "/", response: Shouted }, () => ({ name: "x" }));
// @ts-expect-error: no number
app.get({ path: "/", response: Shouted }, () => ({ name: 1 }));

customError("taken", "{name} is taken", { name: "x" });
customError("plain", "nothing to put in");
// @ts-expect-error: a value for {name} is missing
customError("taken", "{name} is taken");
// @ts-expect-error: a value for {other} is missing
customError("taken", "{name} and {other}", { name: "x" });

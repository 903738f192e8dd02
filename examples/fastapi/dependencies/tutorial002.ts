import { App, dependency, type ValuesOf } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const fakeItemsDb = [
	{ item_name: "Foo" },
	{ item_name: "Bar" },
	{ item_name: "Baz" },
];

const queryParams = {
	q: z.string().nullish(),
	skip: z.int().default(0),
	limit: z.int().default(100),
};

class CommonQueryParams {
	readonly q: string | null | undefined;
	readonly skip: number;
	readonly limit: number;

	constructor({ q, skip, limit }: ValuesOf<typeof queryParams>) {
		this.q = q;
		this.skip = skip;
		this.limit = limit;
	}

	page<Item>(items: readonly Item[]): Item[] {
		return items.slice(this.skip, this.skip + this.limit);
	}
}

app.get(
	"/items/",
	{ commons: dependency(queryParams, CommonQueryParams) },
	function read_items({ commons }) {
		const items = commons.page(fakeItemsDb);
		return commons.q ? { q: commons.q, items } : { items };
	},
);

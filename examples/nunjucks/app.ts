import { App, HTTPException } from "vivace";
import { staticFiles } from "vivace/static";
import { templates } from "vivace/templates";
import { z } from "zod";
import { nunjucksEngine } from "./nunjucks-engine.ts";

interface Book {
	readonly title: string;
	readonly authors: readonly string[];
}

const books: readonly Book[] = [
	{ title: "Tom & Jerry", authors: ["Ada", "Grace"] },
	{ title: "<Untitled>", authors: [] },
];

const render = templates<{ "book.html": { id: number; book: Book } }>(
	`${import.meta.dirname}/templates`,
	{ engine: nunjucksEngine() },
);

export const app = new App();

app.mount("/static", staticFiles(`${import.meta.dirname}/static`), {
	name: "static",
});

app.get(
	"/books/{id}",
	{ id: z.int(), render },
	function read_book({ id, render }) {
		const book = books[id];
		if (book === undefined) {
			throw new HTTPException(404, "There is no such book");
		}
		return render("book.html", { id, book });
	},
);

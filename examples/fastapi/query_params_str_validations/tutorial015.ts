import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const data = new Map([
	["isbn-9781529046137", "The Hitchhiker's Guide to the Galaxy"],
	["imdb-tt0371724", "The Hitchhiker's Guide to the Galaxy"],
	["isbn-9781439512982", "Isaac Asimov: The Complete Stories, Vol. 2"],
]);

const ItemId = z
	.string()
	.refine((id) => id.startsWith("isbn-") || id.startsWith("imdb-"), {
		error: 'Invalid ID format, it must start with "isbn-" or "imdb-"',
	});

function randomId() {
	const ids = [...data.keys()];
	return ids[Math.floor(Math.random() * ids.length)] as string;
}

app.get("/items/", { id: ItemId.nullish() }, function read_items({ id }) {
	const found = id || randomId();
	return { id: found, name: data.get(found) ?? null };
});

import { App, dependency, HTTPException } from "vivace";

export const app = new App({ title: "FastAPI" });

const data = new Map([
	["plumbus", { description: "Freshly pickled plumbus", owner: "Morty" }],
	["portal-gun", { description: "Gun to create portals", owner: "Rick" }],
]);

class OwnerError extends Error {}

const username = dependency(function* username() {
	try {
		yield "Rick";
	} catch (error) {
		if (error instanceof OwnerError) {
			throw new HTTPException(400, `Owner error: ${error.message}`);
		}
		throw error;
	}
});

app.get(
	"/items/{item_id}",
	{ username },
	function get_item({ item_id, username }) {
		const item = data.get(item_id);
		if (item === undefined) {
			throw new HTTPException(404, "Item not found");
		}
		if (item.owner !== username) {
			throw new OwnerError(username);
		}
		return item;
	},
);

import { App, dependency, HTTPException } from "vivace";

export const app = new App({ title: "FastAPI" });

class InternalError extends Error {}

const username = dependency(function* username() {
	try {
		yield "Rick";
	} catch (error) {
		if (error instanceof InternalError) {
			console.error(
				"We don't swallow the internal error here, we throw again 😎",
			);
		}
		throw error;
	}
});

app.get(
	"/items/{item_id}",
	{ username },
	function get_item({ item_id, username }) {
		if (item_id === "portal-gun") {
			throw new InternalError(
				`The portal gun is too dangerous to be owned by ${username}`,
			);
		}
		if (item_id !== "plumbus") {
			throw new HTTPException(
				404,
				"Item not found, there's only a plumbus here",
			);
		}
		return item_id;
	},
);

import { App, dependency, HTTPException } from "vivace";

export const app = new App({ title: "FastAPI" });

class InternalError extends Error {}

const username = dependency(function* username() {
	try {
		yield "Rick";
	} catch (error) {
		if (!(error instanceof InternalError)) {
			throw error;
		}
		console.error("Oops, we didn't throw again, Britney 😱");
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

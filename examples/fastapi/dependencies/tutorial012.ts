import { App, dependency, Header, HTTPException } from "vivace";
import { z } from "zod";

const verifyToken = dependency(
	{ x_token: Header(z.string()) },
	({ x_token }) => {
		if (x_token !== "fake-super-secret-token") {
			throw new HTTPException(400, "X-Token header invalid");
		}
	},
);

const verifyKey = dependency({ x_key: Header(z.string()) }, ({ x_key }) => {
	if (x_key !== "fake-super-secret-key") {
		throw new HTTPException(400, "X-Key header invalid");
	}
	return x_key;
});

export const app = new App({
	title: "FastAPI",
	dependencies: [verifyToken, verifyKey],
});

app.get("/items/", function read_items() {
	return [{ item: "Portal Gun" }, { item: "Plumbus" }];
});

app.get("/users/", function read_users() {
	return [{ username: "Rick" }, { username: "Morty" }];
});

import { App } from "vivace";

export const app = new App({ title: "FastAPI" });

const tags = { items: "items", users: "users" };

app.get({ path: "/items/", tags: [tags.items] }, function get_items() {
	return ["Portal gun", "Plumbus"];
});

app.get({ path: "/users/", tags: [tags.users] }, function read_users() {
	return ["Rick", "Morty"];
});

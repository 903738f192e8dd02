import { App } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get("/users", function read_users() {
	return ["Rick", "Morty"];
});

app.get("/users", function read_users2() {
	return ["Bean", "Elfo"];
});

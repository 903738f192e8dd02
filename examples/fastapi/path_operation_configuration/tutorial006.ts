import { App } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get({ path: "/items/", tags: ["items"] }, function read_items() {
	return [{ name: "Foo", price: 42 }];
});

app.get({ path: "/users/", tags: ["users"] }, function read_users() {
	return [{ username: "johndoe" }];
});

app.get(
	{ path: "/elements/", tags: ["items"], deprecated: true },
	function read_elements() {
		return [{ item_id: "Foo" }];
	},
);

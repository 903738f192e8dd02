import { App } from "vivace";

export const app = new App({
	title: "FastAPI",
	openapiTags: [
		{
			name: "users",
			description: "Operations with users. The **login** logic is also here.",
		},
		{
			name: "items",
			description: "Manage items. So _fancy_ they have their own docs.",
			externalDocs: {
				description: "Items external docs",
				url: "https://fastapi.tiangolo.com/",
			},
		},
	],
});

app.get({ path: "/users/", tags: ["users"] }, function get_users() {
	return [{ name: "Harry" }, { name: "Ron" }];
});

app.get({ path: "/items/", tags: ["items"] }, function get_items() {
	return [{ name: "wand" }, { name: "flying broom" }];
});

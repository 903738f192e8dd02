import { App } from "vivace";
import { queryToken, tokenHeader } from "./dependencies.ts";
import { router as admin } from "./internal/admin.ts";
import { router as items } from "./routers/items.ts";
import { router as users } from "./routers/users.ts";

export const app = new App({ title: "FastAPI", dependencies: [queryToken] });

app.include(users);
app.include(items);
app.include(admin, {
	prefix: "/admin",
	tags: ["admin"],
	dependencies: [tokenHeader],
	responses: { 418: { description: "I'm a teapot" } },
});

app.get("/", function root() {
	return { message: "Hello Bigger Applications!" };
});

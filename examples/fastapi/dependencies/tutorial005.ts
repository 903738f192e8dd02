import { App, Cookie, dependency } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const query = dependency({ q: z.string().nullish() }, ({ q }) => q);

const queryOrCookie = dependency(
	{ q: query, last_query: Cookie(z.string().nullish()) },
	({ q, last_query }) => q || last_query,
);

app.get("/items/", { query: queryOrCookie }, function read_query({ query }) {
	return { q_or_cookie: query };
});

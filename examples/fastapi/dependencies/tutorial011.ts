import { App, dependency } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

function containsFixed(content: string) {
	return dependency({ q: z.string().default("") }, ({ q }) =>
		q.includes(content),
	);
}

app.get(
	"/query-checker/",
	{ isIncluded: containsFixed("bar") },
	function read_query_check({ isIncluded }) {
		return { fixed_content_in_query: isIncluded };
	},
);

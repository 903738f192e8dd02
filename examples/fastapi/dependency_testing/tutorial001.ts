import { App, dependency } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const commonParameters = dependency(
	{
		q: z.string().nullish(),
		skip: z.int().default(0),
		limit: z.int().default(100),
	},
	(params) => params,
);

app.get(
	"/items/",
	{ commons: commonParameters },
	function read_items({ commons }) {
		return { message: "Hello Items!", params: commons };
	},
);

app.get(
	"/users/",
	{ commons: commonParameters },
	function read_users({ commons }) {
		return { message: "Hello Users!", params: commons };
	},
);

// the values of a test
const fixedPage = dependency({ q: z.string().nullish() }, ({ q }) => ({
	q,
	skip: 5,
	limit: 10,
}));

app.overrides.set(commonParameters, fixedPage);

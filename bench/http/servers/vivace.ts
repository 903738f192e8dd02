import { App, dependency, Header, HTTPException, serve } from "vivace";
import { z } from "zod";

const users = new Map([
	["alice-token", { name: "alice", roles: ["reader", "writer"] }],
]);

const Order = z.object({
	name: z.string().min(1).max(100),
	price: z.number().gt(0),
	quantity: z.int().min(1),
	tags: z.array(z.string()),
	secret: z.string(),
});
const StoredOrder = Order.omit({ secret: true }).extend({ id: z.int() });

const settings = dependency(() => ({ region: "eu" }));

const token = dependency(
	{ authorization: Header(z.string().optional()) },
	({ authorization }) => {
		if (authorization?.startsWith("Bearer ") !== true) {
			throw new HTTPException(401, "Not authenticated");
		}
		return authorization.slice("Bearer ".length);
	},
);

const currentUser = dependency({ token }, async ({ token }) => {
	const user = users.get(token);
	if (user === undefined) {
		throw new HTTPException(401, "Not authenticated");
	}
	return user;
});

const profile = dependency(
	{ currentUser, settings },
	({ currentUser, settings }) => ({ ...currentUser, region: settings.region }),
);

const app = new App();

app.get("/hello", () => ({ message: "Hello, world!" }));

app.get(
	"/items/{item_id}",
	{
		item_id: z.int(),
		q: z.string().optional(),
		limit: z.int().min(1).max(100).default(10),
	},
	({ item_id, q, limit }) => ({ item_id, q, limit }),
);

app.post(
	{ path: "/orders", response: StoredOrder },
	{ order: Order },
	({ order }) => ({ id: 1, ...order }),
);

app.get("/me", { profile }, ({ profile }) => profile);

const { PORT, WORKERS, ENGINE } = process.env;

await serve(app, {
	port: Number(PORT),
	...(ENGINE === "node" && { engine: "node" }), // a baseline may be older than the option
	...(WORKERS !== undefined && { workers: Number(WORKERS) }),
});

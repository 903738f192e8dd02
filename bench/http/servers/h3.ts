import {
	defineHandler,
	getValidatedQuery,
	getValidatedRouterParams,
	H3,
	type H3Event,
	HTTPError,
	type Middleware,
	readValidatedBody,
	serve,
} from "h3";
import { z } from "zod";

const users = new Map([
	["alice-token", { name: "alice", roles: ["reader", "writer"] }],
]);

const ItemPath = z.object({ item_id: z.coerce.number().int() });
const ItemQuery = z.object({
	q: z.string().optional(),
	limit: z.coerce.number().int().min(1).max(100).default(10),
});
const Order = z.object({
	name: z.string().min(1).max(100),
	price: z.number().gt(0),
	quantity: z.int().min(1),
	tags: z.array(z.string()),
	secret: z.string(),
});
const StoredOrder = z.object({ id: z.int(), ...Order.shape }).omit({
	secret: true,
});

const invalid = { onError: () => ({ status: 422, message: "Unprocessable" }) };

const app = new H3({
	onError(error) {
		// a body that is no JSON
		if (error.status !== 400) {
			return undefined;
		}
		return new Response('{"detail":"Unprocessable"}', {
			status: 422,
			headers: { "content-type": "application/json" },
		});
	},
});

app.get("/hello", () => ({ message: "Hello, world!" }));

app.get("/items/:item_id", async (event) => {
	const { item_id } = await getValidatedRouterParams(event, ItemPath, invalid);
	const { q, limit } = await getValidatedQuery(event, ItemQuery, invalid);
	return { item_id, q, limit };
});

app.post("/orders", async (event) => {
	const order = await readValidatedBody(event, Order, invalid);
	return StoredOrder.parse({ id: 1, ...order });
});

interface Chain extends Record<string, unknown> {
	settings: { region: string };
	token: string;
	user: { name: string; roles: string[] };
	profile: { name: string; roles: string[]; region: string };
}
const chain = (event: H3Event) => event.context as unknown as Chain; // filled below, in order

const settings: Middleware = (event) => {
	chain(event).settings = { region: "eu" };
};
const token: Middleware = (event) => {
	const authorization = event.req.headers.get("authorization");
	if (authorization?.startsWith("Bearer ") !== true) {
		throw new HTTPError({ status: 401, message: "Not authenticated" });
	}
	chain(event).token = authorization.slice("Bearer ".length);
};
const currentUser: Middleware = async (event) => {
	const user = users.get(chain(event).token);
	if (user === undefined) {
		throw new HTTPError({ status: 401, message: "Not authenticated" });
	}
	chain(event).user = user;
};
const profile: Middleware = (event) => {
	const { user, settings } = chain(event);
	chain(event).profile = { ...user, region: settings.region };
};

app.get(
	"/me",
	defineHandler({
		middleware: [settings, token, currentUser, profile],
		handler: (event) => chain(event).profile,
	}),
);

serve(app, {
	port: Number(process.env.PORT),
	hostname: "127.0.0.1",
	silent: true,
});

import { serve } from "@hono/node-server";
import { zValidator } from "@hono/zod-validator";
import { type Context, Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
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
const StoredOrder = z.object({ id: z.int(), ...Order.shape }).omit({
	secret: true,
});

const app = new Hono();

app.notFound((c) => c.json({ detail: "Not Found" }, 404));
app.onError((error, c) => {
	const status = error instanceof HTTPException ? error.status : 500;
	// a body that is no JSON
	return c.json({ detail: error.message }, status === 400 ? 422 : status);
});

function refuseInvalid(result: { success: boolean }, c: Context) {
	return result.success ? undefined : c.json({ detail: "Unprocessable" }, 422);
}

app.get("/hello", (c) => c.json({ message: "Hello, world!" }));

app.get(
	"/items/:item_id",
	zValidator(
		"param",
		z.object({ item_id: z.coerce.number().int() }),
		refuseInvalid,
	),
	zValidator(
		"query",
		z.object({
			q: z.string().optional(),
			limit: z.coerce.number().int().min(1).max(100).default(10),
		}),
		refuseInvalid,
	),
	(c) => {
		const { item_id } = c.req.valid("param");
		const { q, limit } = c.req.valid("query");
		return c.json({ item_id, q, limit });
	},
);

app.post("/orders", zValidator("json", Order, refuseInvalid), (c) =>
	c.json(StoredOrder.parse({ id: 1, ...c.req.valid("json") })),
);

type Settings = { region: string };
type User = { name: string; roles: string[] };

const settings = createMiddleware<{ Variables: { settings: Settings } }>(
	async (c, next) => {
		c.set("settings", { region: "eu" });
		await next();
	},
);
const token = createMiddleware<{ Variables: { token: string } }>(
	async (c, next) => {
		const authorization = c.req.header("authorization");
		if (authorization?.startsWith("Bearer ") !== true) {
			throw new HTTPException(401, { message: "Not authenticated" });
		}
		c.set("token", authorization.slice("Bearer ".length));
		await next();
	},
);
const currentUser = createMiddleware<{
	Variables: { token: string; user: User };
}>(async (c, next) => {
	const user = await findUser(c.get("token"));
	if (user === undefined) {
		throw new HTTPException(401, { message: "Not authenticated" });
	}
	c.set("user", user);
	await next();
});
const profile = createMiddleware<{
	Variables: { settings: Settings; user: User; profile: User & Settings };
}>(async (c, next) => {
	c.set("profile", { ...c.get("user"), region: c.get("settings").region });
	await next();
});

async function findUser(token: string): Promise<User | undefined> {
	return users.get(token);
}

app.get("/me", settings, token, currentUser, profile, (c) =>
	c.json(c.get("profile")),
);

serve({
	fetch: app.fetch,
	port: Number(process.env.PORT),
	hostname: "127.0.0.1",
});

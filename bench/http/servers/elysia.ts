import { Elysia, t } from "elysia";

const users = new Map([
	["alice-token", { name: "alice", roles: ["reader", "writer"] }],
]);

const Order = t.Object({
	name: t.String({ minLength: 1, maxLength: 100 }),
	price: t.Number({ exclusiveMinimum: 0 }),
	quantity: t.Integer({ minimum: 1 }),
	tags: t.Array(t.String()),
	secret: t.String(),
});
const StoredOrder = t.Object({
	id: t.Integer(),
	name: t.String(),
	price: t.Number(),
	quantity: t.Integer(),
	tags: t.Array(t.String()),
});

class Unauthorized extends Error {
	readonly status = 401;
}

const settings = new Elysia({ name: "settings" }).derive(
	{ as: "global" },
	() => ({ settings: { region: "eu" } }),
);

const token = new Elysia({ name: "token" }).derive(
	{ as: "scoped" },
	({ headers }) => {
		const { authorization } = headers;
		if (authorization?.startsWith("Bearer ") !== true) {
			throw new Unauthorized("Not authenticated");
		}
		return { token: authorization.slice("Bearer ".length) };
	},
);

const profile = new Elysia()
	.use(settings)
	.use(token)
	.resolve(async ({ token }) => {
		const user = users.get(token);
		if (user === undefined) {
			throw new Unauthorized("Not authenticated");
		}
		return { currentUser: user };
	})
	.resolve(({ currentUser, settings }) => ({
		profile: { ...currentUser, region: settings.region },
	}))
	.get("/me", ({ profile }) => profile);

new Elysia()
	.onError(({ code, status }) =>
		code === "PARSE" ? status(422, "Unprocessable") : undefined,
	)
	.get("/hello", () => ({ message: "Hello, world!" }))
	.get(
		"/items/:item_id",
		({ params: { item_id }, query: { q, limit } }) => ({ item_id, q, limit }),
		{
			params: t.Object({ item_id: t.Integer() }),
			query: t.Object({
				q: t.Optional(t.String()),
				limit: t.Integer({ minimum: 1, maximum: 100, default: 10 }),
			}),
		},
	)
	.post("/orders", ({ body }) => ({ id: 1, ...body }), {
		body: Order,
		response: StoredOrder,
		normalize: true,
	})
	.use(profile)
	.listen({ port: Number(process.env.PORT), hostname: "127.0.0.1" });

import { App, dependency, HTTPException, Path, Router, Security } from "vivace";
import { oauth2PasswordBearer, SecurityScopes } from "vivace/security";
import { z } from "zod";

interface User {
	readonly id: number;
	readonly role: "customer" | "admin";
	readonly scopes: readonly string[];
}

/** By their tokens, which stand for what a program of yours verifies: `jwtBearer`, a table. */
const users = new Map<string, User>([
	["ada-token", { id: 1, role: "customer", scopes: ["orders"] }],
	["bob-token", { id: 2, role: "customer", scopes: [] }],
	["eve-token", { id: 3, role: "admin", scopes: ["orders"] }],
]);

const orders = new Map([
	[10, { id: 10, ownerId: 1 }],
	[20, { id: 20, ownerId: 3 }],
]);

const scheme = { tokenUrl: "token", scopes: { orders: "Your orders" } };
const token = oauth2PasswordBearer(scheme);

/** A user with the scopes that are asked for on the way here. */
const user = dependency(
	{ token, needed: SecurityScopes },
	function user({ token, needed }) {
		const headers = { "WWW-Authenticate": needed.challenge };
		const user = users.get(token);
		if (user === undefined) {
			throw new HTTPException(401, "Not authenticated", { headers });
		}
		if (!needed.scopes.every((scope) => user.scopes.includes(scope))) {
			throw new HTTPException(403, "Not enough permissions", { headers });
		}
		return user;
	},
);

/** A user in a role: a function that makes a dependency. */
const inRole = (role: User["role"]) =>
	dependency({ user }, ({ user }) => {
		if (user.role !== role) {
			throw new HTTPException(403, "Not enough permissions");
		}
		return user;
	});

/** A row for its owner; anyone else gets what he gets who asks for one that is not there. */
const ownOrder = dependency(
	{ order_id: Path(z.int()), user: Security(user, ["orders"]) },
	function ownOrder({ order_id, user }) {
		const order = orders.get(order_id);
		if (order?.ownerId !== user.id) {
			throw new HTTPException(404, "Order not found");
		}
		return order;
	},
);

/** A user, if there is one. */
const visitor = dependency(
	{ token: oauth2PasswordBearer({ ...scheme, autoError: false }) },
	function visitor({ token }) {
		return token === undefined ? undefined : users.get(token);
	},
);

export const app = new App({ requireSecurity: true });

app.get("/me", { user }, ({ user }) => ({ id: user.id }));
app.get("/orders/{order_id}", { ownOrder }, ({ ownOrder }) => ownOrder);
app.get({ path: "/hello", public: true }, { visitor }, ({ visitor }) => ({
	hello: visitor?.id ?? "stranger",
}));

const admin = new Router({
	prefix: "/admin",
	dependencies: [inRole("admin")],
});
admin.get("/orders", () => [...orders.values()]);
app.include(admin);

/** The hand-written servers on Bun and Deno: only what these four answers need. */
interface User {
	readonly name: string;
	readonly roles: readonly string[];
}

const users = new Map<string, User>([
	["alice-token", { name: "alice", roles: ["reader", "writer"] }],
]);

const init = { headers: { "content-type": "application/json" } };

export function answer(request: Request): Response | Promise<Response> {
	const { url } = request;
	const start = url.indexOf("/", 8);
	const question = url.indexOf("?", start);
	const path = question === -1 ? url.slice(start) : url.slice(start, question);
	if (path === "/hello") {
		return new Response('{"message":"Hello, world!"}', init);
	}
	if (path.startsWith("/items/")) {
		return readItem(
			path.slice("/items/".length),
			question === -1 ? "" : url.slice(question + 1),
		);
	}
	if (path === "/orders" && request.method === "POST") {
		return createOrder(request);
	}
	if (path === "/me") {
		return readUser(request);
	}
	return send(404, '{"detail":"Not Found"}');
}

function send(status: number, body: string): Response {
	return new Response(body, { status, ...init });
}

function refuse(): Response {
	return send(422, '{"detail":"Unprocessable"}');
}

function readItem(id: string, query: string): Response {
	const parameters = new Map<string, string>();
	for (const pair of query.split("&")) {
		const equals = pair.indexOf("=");
		if (equals > 0) {
			parameters.set(
				pair.slice(0, equals),
				decodeURIComponent(pair.slice(equals + 1).replaceAll("+", " ")),
			);
		}
	}
	const itemId = Number(id);
	const limit = Number(parameters.get("limit") ?? 10);
	const isValid =
		Number.isSafeInteger(itemId) &&
		Number.isSafeInteger(limit) &&
		limit >= 1 &&
		limit <= 100;
	return isValid
		? new Response(
				JSON.stringify({ item_id: itemId, q: parameters.get("q"), limit }),
				init,
			)
		: refuse();
}

async function createOrder(request: Request): Promise<Response> {
	let order: unknown;
	try {
		order = await request.json();
	} catch {
		return refuse();
	}
	if (!isOrder(order)) {
		return refuse();
	}
	const { name, price, quantity, tags } = order;
	return new Response(
		JSON.stringify({ id: 1, name, price, quantity, tags }),
		init,
	);
}

interface Order {
	readonly name: string;
	readonly price: number;
	readonly quantity: number;
	readonly tags: readonly string[];
	readonly secret: string;
}

function isOrder(value: unknown): value is Order {
	if (typeof value !== "object" || value === null) {
		return false;
	}
	const order = value as Record<string, unknown>; // any object may be asked for any key
	return (
		typeof order.name === "string" &&
		order.name.length >= 1 &&
		order.name.length <= 100 &&
		typeof order.price === "number" &&
		order.price > 0 &&
		Number.isSafeInteger(order.quantity) &&
		(order.quantity as number) >= 1 &&
		Array.isArray(order.tags) &&
		order.tags.every((tag) => typeof tag === "string") &&
		typeof order.secret === "string"
	);
}

async function readUser(request: Request): Promise<Response> {
	const authorization = request.headers.get("authorization");
	const user = authorization?.startsWith("Bearer ")
		? await findUser(authorization.slice("Bearer ".length))
		: undefined;
	if (user === undefined) {
		return send(401, '{"detail":"Not authenticated"}');
	}
	return new Response(
		JSON.stringify({ name: user.name, roles: user.roles, region: "eu" }),
		init,
	);
}

async function findUser(token: string): Promise<User | undefined> {
	return users.get(token);
}

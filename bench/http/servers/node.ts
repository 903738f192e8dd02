// The hand-written server: what node:http costs when a person writes only what these four answers need.
import {
	createServer,
	type IncomingMessage,
	type ServerResponse,
} from "node:http";

interface User {
	readonly name: string;
	readonly roles: readonly string[];
}

const users = new Map<string, User>([
	["alice-token", { name: "alice", roles: ["reader", "writer"] }],
]);

const server = createServer((request, response) => {
	const url = request.url ?? "/";
	const question = url.indexOf("?");
	const path = question === -1 ? url : url.slice(0, question);
	if (path === "/hello") {
		send(response, 200, '{"message":"Hello, world!"}');
	} else if (path.startsWith("/items/")) {
		readItem(
			path.slice("/items/".length),
			question === -1 ? "" : url.slice(question + 1),
			response,
		);
	} else if (path === "/orders" && request.method === "POST") {
		createOrder(request, response);
	} else if (path === "/me") {
		readUser(request, response);
	} else {
		send(response, 404, '{"detail":"Not Found"}');
	}
});

function send(response: ServerResponse, status: number, body: string): void {
	response.writeHead(status, [
		"content-type",
		"application/json",
		"content-length",
		String(Buffer.byteLength(body)),
	]);
	response.end(body);
}

function refuse(response: ServerResponse): void {
	send(response, 422, '{"detail":"Unprocessable"}');
}

function readItem(id: string, query: string, response: ServerResponse): void {
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
	if (!isValid) {
		refuse(response);
		return;
	}
	send(
		response,
		200,
		JSON.stringify({ item_id: itemId, q: parameters.get("q"), limit }),
	);
}

function createOrder(request: IncomingMessage, response: ServerResponse): void {
	const chunks: Buffer[] = [];
	request.on("data", (chunk) => chunks.push(chunk));
	request.on("end", () => {
		const [first] = chunks;
		const bytes =
			chunks.length === 1 && first !== undefined
				? first
				: Buffer.concat(chunks);
		let order: unknown;
		try {
			order = JSON.parse(bytes.toString());
		} catch {
			return refuse(response);
		}
		if (!isOrder(order)) {
			return refuse(response);
		}
		const { name, price, quantity, tags } = order;
		send(response, 200, JSON.stringify({ id: 1, name, price, quantity, tags }));
	});
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

async function readUser(
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const authorization = request.headers.authorization;
	const user = authorization?.startsWith("Bearer ")
		? await findUser(authorization.slice("Bearer ".length))
		: undefined;
	if (user === undefined) {
		send(response, 401, '{"detail":"Not authenticated"}');
		return;
	}
	send(
		response,
		200,
		JSON.stringify({ name: user.name, roles: user.roles, region: "eu" }),
	);
}

async function findUser(token: string): Promise<User | undefined> {
	return users.get(token);
}

server.listen(Number(process.env.PORT), "127.0.0.1");

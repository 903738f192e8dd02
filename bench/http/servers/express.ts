import express, {
	type NextFunction,
	type Request,
	type Response,
} from "express";
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

const app = express();
app.disable("x-powered-by");
app.disable("etag");

app.get("/hello", (_request, response) => {
	response.json({ message: "Hello, world!" });
});

app.get("/items/:item_id", (request, response) => {
	const { item_id } = ItemPath.parse(request.params);
	const { q, limit } = ItemQuery.parse(request.query);
	response.json({ item_id, q, limit });
});

app.post("/orders", express.json(), (request, response) => {
	const order = Order.parse(request.body);
	response.json(StoredOrder.parse({ id: 1, ...order }));
});

class Unauthorized extends Error {
	readonly status = 401;
}

function settings(_request: Request, response: Response, next: NextFunction) {
	response.locals.settings = { region: "eu" };
	next();
}
function token(request: Request, response: Response, next: NextFunction) {
	const authorization = request.headers.authorization;
	if (authorization?.startsWith("Bearer ") !== true) {
		throw new Unauthorized("Not authenticated");
	}
	response.locals.token = authorization.slice("Bearer ".length);
	next();
}
async function currentUser(
	_request: Request,
	response: Response,
	next: NextFunction,
) {
	const user = users.get(response.locals.token);
	if (user === undefined) {
		throw new Unauthorized("Not authenticated");
	}
	response.locals.user = user;
	next();
}
function profile(_request: Request, response: Response, next: NextFunction) {
	const { user, settings } = response.locals;
	response.locals.profile = { ...user, region: settings.region };
	next();
}

app.get("/me", settings, token, currentUser, profile, (_request, response) => {
	response.json(response.locals.profile);
});

app.use((_request, response) => {
	response.status(404).json({ detail: "Not Found" });
});
app.use(
	(
		error: Error & { status?: number },
		_request: Request,
		response: Response,
		_next: NextFunction,
	) => {
		const isClients = error instanceof z.ZodError || error.status === 400;
		response
			.status(isClients ? 422 : (error.status ?? 500))
			.json({ detail: error.message });
	},
);

app.listen(Number(process.env.PORT), "127.0.0.1");

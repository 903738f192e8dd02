import { checkPort, type Row } from "./check-port.ts";
import { invalid, missing } from "./problems.ts";

const query = "token=jessica";
const headers = { "x-token": "fake-super-secret-token" };
const noToken = missing(["query", "token"]);
const noHeader = missing(["header", "x-token"]);
const wrongToken = { detail: "No Jessica token provided" };
const wrongHeader = { detail: "X-Token header invalid" };

/** A path that the app's dependency guards. */
function guarded(path: string, body: unknown): Row[] {
	return [
		[`GET ${path}?${query}`, 200, body],
		[`GET ${path}`, 422, invalid(noToken)],
		[`GET ${path}?token=monica`, 400, wrongToken],
	];
}

/** A path operation that a router's dependency guards too. */
function doublyGuarded(request: string, status: number, body: unknown): Row[] {
	return [
		[`${request}?${query}`, { headers }, status, body],
		[request, 422, invalid(noToken, noHeader)],
		[`${request}?token=monica`, { headers }, 400, wrongToken],
		[`${request}?${query}`, 422, invalid(noHeader)],
		[
			`${request}?${query}`,
			{ headers: { "x-token": "wrong" } },
			400,
			wrongHeader,
		],
	];
}

checkPort("bigger_applications.app.main", [
	...guarded("/", { message: "Hello Bigger Applications!" }),
	...guarded("/users/", [{ username: "Rick" }, { username: "Morty" }]),
	...guarded("/users/foo", { username: "foo" }),
	...guarded("/users/me", { username: "fakecurrentuser" }),
	...doublyGuarded("GET /items/", 200, {
		plumbus: { name: "Plumbus" },
		gun: { name: "Portal Gun" },
	}),
	...doublyGuarded("GET /items/plumbus", 200, {
		name: "Plumbus",
		item_id: "plumbus",
	}),
	...doublyGuarded("GET /items/bar", 404, { detail: "Item not found" }),
	...doublyGuarded("PUT /items/plumbus", 200, {
		item_id: "plumbus",
		name: "The great Plumbus",
	}),
	...doublyGuarded("PUT /items/bar", 403, {
		detail: "You can only update the item: plumbus",
	}),
	...doublyGuarded("POST /admin/", 200, {
		message: "Admin getting schwifty",
	}),
]);

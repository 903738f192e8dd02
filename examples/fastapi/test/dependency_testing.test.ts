import { checkPort } from "./check-port.ts";

const page = (message: string, q: string | null) => ({
	message,
	params: { q, skip: 5, limit: 10 },
});

checkPort("dependency_testing.tutorial001", [
	["GET /items/", 200, page("Hello Items!", null)],
	["GET /items/?q=foo", 200, page("Hello Items!", "foo")],
	["GET /items/?q=foo&skip=100&limit=200", 200, page("Hello Items!", "foo")],
	["GET /users/", 200, page("Hello Users!", null)],
	["GET /users/?q=foo&skip=100&limit=200", 200, page("Hello Users!", "foo")],
]);

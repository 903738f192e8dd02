import type { RefusedRequest, Workload } from "../shared/bench-request.ts";

const order = {
	name: "Garden chair",
	price: 49.5,
	quantity: 4,
	tags: ["garden", "wood", "outdoor", "chairs"],
	secret: "margin-31-percent-at-4-pieces",
};

const json = { "content-type": "application/json" };

/** The workloads; their numbers stay the same, so that results of different days can be compared. */
export const workloads: readonly Workload[] = [
	{
		name: "W1",
		title: "hello JSON",
		requests: [{ method: "GET", target: "/hello" }],
	},
	{
		name: "W2",
		title: "path and query validated and converted",
		requests: [{ method: "GET", target: "/items/42?q=garden+chair&limit=25" }],
	},
	{
		name: "W3",
		title: "JSON body validated, response schema strips a field",
		requests: [
			{
				method: "POST",
				target: "/orders",
				headers: json,
				body: JSON.stringify(order),
			},
		],
	},
	{
		name: "W4",
		title: "four dependencies, one async",
		requests: [
			{
				method: "GET",
				target: "/me",
				headers: { authorization: "Bearer alice-token" },
			},
		],
	},
];

/** Requests that are a client's mistake. */
export const refusedRequests: readonly RefusedRequest[] = [
	{
		title: "unknown path",
		request: { method: "GET", target: "/nowhere" },
		status: 404,
	},
	{
		title: "path parameter that is no integer",
		request: { method: "GET", target: "/items/chair" },
		status: 422,
	},
	{
		title: "query parameter out of range",
		request: { method: "GET", target: "/items/42?limit=101" },
		status: 422,
	},
	{
		title: "body that lacks a field",
		request: {
			method: "POST",
			target: "/orders",
			headers: json,
			body: JSON.stringify({ ...order, price: undefined }),
		},
		status: 422,
	},
	{
		title: "body with a wrong value",
		request: {
			method: "POST",
			target: "/orders",
			headers: json,
			body: JSON.stringify({ ...order, price: -1 }),
		},
		status: 422,
	},
	{
		title: "body that is no JSON",
		request: {
			method: "POST",
			target: "/orders",
			headers: json,
			body: '{"name":',
		},
		status: 422,
	},
	{
		title: "no token",
		request: { method: "GET", target: "/me" },
		status: 401,
	},
	{
		title: "unknown token",
		request: {
			method: "GET",
			target: "/me",
			headers: { authorization: "Bearer mallory" },
		},
		status: 401,
	},
];

import type { BenchRequest, Workload } from "../shared/bench-request.ts";

/** A workload, and by what its time is divided where one request is many things. */
export interface RealWorkload extends Workload {
	readonly per?: { readonly count: number; readonly unit: string };
}

const events = { count: 500, unit: "event" };

/** A list of 50,000 objects, 5 MB of JSON. */
const largeBody = JSON.stringify(
	Array.from({ length: 50_000 }, (_, id) => ({
		id,
		name: `item ${id}`,
		price: id + 0.5,
		note: "a short note",
		active: id % 2 === 0,
		tags: ["garden", "wood"],
	})),
);

export const workloads: readonly RealWorkload[] = [
	inTurns("plain", "a dependency that returns"),
	inTurns("sync-1", "a synchronous generator: a dependency that cleans up"),
	inTurns("sync-3", "three of these"),
	inTurns("async-1", "an asynchronous generator"),
	inTurns("async-3", "three of these"),
	get("list", "1,000 objects, without a schema"),
	get("list-nulls", "the same, each with a null"),
	get("list-schema", "1,000 objects by a response schema"),
	get("list-schema-nulls", "the same, each with a null"),
	get("visits", "100 objects with a date each"),
	{ ...get("events", "server-sent events that are ready"), per: events },
	{ ...get("feed", "server-sent events, eight in a turn"), per: events },
	{ ...get("lines", "JSON lines that are ready"), per: events },
	{
		name: "upload",
		title: "8 MB, counted as they come",
		requests: [post("/upload", "application/octet-stream", "x".repeat(8e6))],
	},
];

/** A large body, read by a schema. */
export const bodies: RealWorkload = {
	name: "body",
	title: "5 MB of JSON by a schema",
	requests: [post("/body", "application/json", largeBody)],
};

/** The difference between two of them is the time that cleaning up adds. */
function inTurns(name: string, title: string): RealWorkload {
	return { ...get(name, title), cycle: "clean-up" };
}

function get(name: string, title: string): RealWorkload {
	return { name, title, requests: [{ method: "GET", target: `/${name}` }] };
}

function post(target: string, mediaType: string, body: string): BenchRequest {
	return {
		method: "POST",
		target,
		headers: { "content-type": mediaType },
		body,
	};
}

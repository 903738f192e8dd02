import assert from "node:assert/strict";
import { test } from "node:test";
import { findCircle, roomOf } from "./graph.ts";
import { importedSpecifiers, readSourceFiles } from "./source-files.ts";

// ARCHITECTURE.md draws it. Rooms that do not exist yet have their place already.
const floors: Readonly<Record<string, number>> = {
	time: 0,
	errors: 1,
	json: 1,
	schema: 1,
	http: 1,
	routing: 1,
	broker: 2,
	inject: 2,
	logging: 2,
	openapi: 2,
	lifespan: 3,
	docs: 3,
	static: 3,
	websocket: 3,
	app: 4,
	middleware: 5,
	security: 5,
	sessions: 5,
	settings: 5,
	channel: 5,
	redis: 5,
	pagination: 5,
	database: 5,
	telemetry: 5,
	templates: 5,
	server: 5,
	testing: 6,
	cli: 6,
};

// Rooms of one floor do not know each other, but for these: the catalogue of errors is everybody's, JSON
// is one room for schemas and bodies, and a route's path is decoded as
// the rest of a request is.
const neighbours: Readonly<Record<string, readonly string[]>> = {
	json: ["errors"],
	schema: ["errors", "json"],
	http: ["errors", "json"],
	routing: ["errors", "http"],
};

// The rooms within a room, and what each may know of the others. `server/serve.ts` puts them together.
const innerRooms: Readonly<
	Record<string, Readonly<Record<string, readonly string[]>>>
> = {
	server: {
		lifecycle: [],
		node: ["lifecycle"],
		fetch: ["lifecycle"],
		bun: ["lifecycle", "fetch"],
		deno: ["lifecycle", "fetch"],
		workers: ["lifecycle", "node"],
	},
};

// the parts of a runtime's own server: the lifecycle is the same for all of them
const engines = ["node:http", "node:https", "node:http2", "node:cluster"];

// the modules that every runtime that we serve has
const everywhere = ["node:async_hooks"];

const files = readSourceFiles();

test("every folder of src is a room with a floor", () => {
	const rooms = new Set(files.map(({ room }) => room));
	const unknown = [...rooms].filter(
		(room) => room !== undefined && floors[room] === undefined,
	);
	assert.deepEqual(unknown, []);
});

test("a room imports only rooms on lower floors, types too", () => {
	const violations = files.flatMap(({ path, room, imports }) =>
		imports
			.filter((imported) => !mayImport(room, roomOf(imported)))
			.map((imported) => `${path} → ${imported}`),
	);
	assert.deepEqual(violations, []);
});

test("files do not import each other in a circle", () => {
	const graph = new Map(files.map(({ path, imports }) => [path, imports]));
	assert.equal(findCircle(graph), undefined);
});

test("rooms do not import each other in a circle", () => {
	const graph = new Map<string, string[]>();
	for (const { room, imports } of files) {
		if (room === undefined) {
			continue;
		}
		const others = imports.map(roomOf).filter((other) => other !== room);
		graph.set(room, [
			...(graph.get(room) ?? []),
			...others.filter((other) => other !== undefined),
		]);
	}
	assert.equal(findCircle(graph), undefined);
});

test("floors 1 to 4 load no runtime's module before they need it", () => {
	const violations = files
		.filter(({ room }) => room !== undefined && (floors[room] ?? 0) <= 4)
		.flatMap(({ path, packages }) =>
			packages
				.filter((name) => name.startsWith("node:"))
				.filter((name) => !everywhere.includes(name))
				.map((name) => `${path} → ${name}`),
		);
	assert.deepEqual(violations, []);
});

test("the rooms within a room know what they may of each other", () => {
	const violations = files.flatMap(({ path, imports }) =>
		imports
			.filter((imported) => !mayImportWithin(path, imported))
			.map((imported) => `${path} → ${imported}`),
	);
	assert.deepEqual(violations, []);
});

test("the lifecycle of a server knows no runtime's HTTP server and no processes", () => {
	const violations = files
		.filter(({ path }) => path.startsWith("server/lifecycle/"))
		.flatMap(({ path, text }) =>
			engines
				.filter((name) => text.includes(`"${name}"`))
				.map((name) => `${path} → ${name}`),
		);
	assert.deepEqual(violations, []);
});

test("imports are found in every form, but not in comments", () => {
	const text = `
import a from "./a.ts";
import type {
	B,
	C,
} from "./b.ts";
import "./c.ts";
export { d } from './d.ts';
type E = import("./e.ts").E;
const f = await import("./f.ts");
/**
 * import g from "./g.ts";
 */
// import h from "./h.ts";
const accepted = "text/*"; const i = "from './i.ts'";
`;
	assert.deepEqual(importedSpecifiers(text).sort(), [
		"./a.ts",
		"./b.ts",
		"./c.ts",
		"./d.ts",
		"./e.ts",
		"./f.ts",
	]);
});

test("a circle is found and named", () => {
	const graph = new Map([
		["a", ["b"]],
		["b", ["c", "d"]],
		["c", []],
		["d", ["b"]],
	]);
	assert.equal(findCircle(graph), "b → d → b");
	assert.equal(findCircle(new Map([["a", ["a"]]])), "a → a");
	assert.equal(findCircle(new Map([["a", ["b"]]])), undefined);
});

function mayImport(room: string | undefined, other: string | undefined) {
	if (room === undefined) {
		return true; // the entry files stand on the roof
	}
	if (other === undefined) {
		return false; // and nobody imports them
	}
	if (room === other) {
		return true;
	}
	if (neighbours[room]?.includes(other)) {
		return true;
	}
	return (floors[other] ?? Number.NaN) < (floors[room] ?? Number.NaN);
}

function mayImportWithin(path: string, imported: string): boolean {
	const [room = "", inner = ""] = path.split("/");
	const [otherRoom, other = ""] = imported.split("/");
	const rooms = innerRooms[room];
	if (rooms === undefined || room !== otherRoom || inner === other) {
		return true;
	}
	const known = rooms[inner];
	return known === undefined || known.includes(other);
}

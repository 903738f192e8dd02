import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { findCircle, roomOf } from "./graph.ts";
import {
	databaseFolder,
	importedSpecifiers,
	readSourceFiles,
} from "./source-files.ts";

// ARCHITECTURE.md draws it: the package for databases, which stands beside the framework and below its binding.
const floors: Readonly<Record<string, number>> = {
	errors: 0,
	values: 1,
	pool: 2,
	session: 3,
	mysql: 4,
	postgres: 4,
	sqlite: 4,
	open: 5,
	migrate: 6,
};

// loaded by its entry, beside its own files and the runtime's modules
const loaded = ["kysely", "kysely/migration"];
// loaded when a database of theirs is opened, for who has no other need not install it
const drivers = ["mysql2", "pg"];

const files = readSourceFiles(databaseFolder);

test("every folder of vivace-database is a room with a floor", () => {
	const rooms = new Set(files.map(({ room }) => room ?? "index"));
	assert.deepEqual([...rooms].sort(), [...Object.keys(floors), "index"].sort());
});

test("a room of vivace-database imports only rooms on lower floors, types too", () => {
	const violations = files.flatMap(({ path, room, imports }) =>
		imports
			.filter((imported) => !isBelow(room, roomOf(imported)))
			.map((imported) => `${path} → ${imported}`),
	);
	assert.deepEqual(violations, []);
});

test("files of vivace-database do not import each other in a circle", () => {
	const graph = new Map(files.map(({ path, imports }) => [path, imports]));
	assert.equal(findCircle(graph), undefined);
});

test("vivace-database imports nothing of vivace, and no driver before it is needed", () => {
	const violations = files.flatMap(({ path, text, packages }) =>
		importedSpecifiers(text)
			.filter((name) => !name.startsWith("./") && !name.startsWith("node:"))
			.filter((name) =>
				name.startsWith(".")
					? join(dirname(path), name).startsWith("..")
					: !(drivers.includes(name) && !packages.includes(name)) &&
						!loaded.includes(name),
			)
			.map((name) => `${path} → ${name}`),
	);
	assert.deepEqual(violations, []);
});

function isBelow(room: string | undefined, other: string | undefined): boolean {
	if (room === undefined || room === other) {
		return true; // the entry stands on the roof
	}
	return (
		other !== undefined &&
		(floors[other] ?? Number.NaN) < (floors[room] ?? Number.NaN)
	);
}

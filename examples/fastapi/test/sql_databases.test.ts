import { checkPort, type Row } from "./check-port.ts";
import { invalid, missing } from "./problems.ts";
import { useWorkingFolder } from "./working-folder.ts";

useWorkingFolder();

const notFound = { detail: "Hero not found" };
const deadPond = { name: "Dead Pond", age: 30, id: 1 };
const spiderBoy = { name: "Spider-Boy", age: 18, id: 2 };
const rustyMan = { name: "Rusty-Man", age: null, id: 3 };

const secrets = {
	1: "Dive Wilson",
	2: "Pedro Parqueador",
	3: "Tommy Sharp",
} as const;

type Hero = typeof deadPond | typeof rustyMan;

/** The rows of every port's test, with the hero as it shows it. */
function heroes(shown: (hero: Hero) => object): readonly Row[] {
	const create = ({ id, name, age }: Hero): Row => [
		"POST /heroes/",
		{ json: { name, age, secret_name: secrets[id as 1 | 2 | 3] } },
		200,
		shown({ id, name, age } as Hero),
	];
	return [
		["GET /heroes/", 200, []],
		create(deadPond),
		create(spiderBoy),
		create(rustyMan),
		["GET /heroes/1", 200, shown(deadPond)],
		["GET /heroes/", 200, [deadPond, spiderBoy, rustyMan].map(shown)],
		["GET /heroes/?offset=1&limit=1", 200, [shown(spiderBoy)]],
		[
			"POST /heroes/",
			{ json: { name: "Nobody" } },
			422,
			invalid(missing(["body", "secret_name"], { name: "Nobody" })),
		],
		["DELETE /heroes/2", 200, { ok: true }],
		["GET /heroes/2", 404, notFound],
		["DELETE /heroes/2", 404, notFound],
		["GET /heroes/", 200, [deadPond, rustyMan].map(shown)],
	];
}

checkPort("sql_databases.tutorial001", [
	...heroes((hero) => ({
		...hero,
		secret_name: secrets[hero.id as 1 | 2 | 3],
	})),
	[
		"POST /heroes/",
		{ json: { id: 1, name: "Twin", secret_name: "Two" } },
		409,
		{ detail: "There is one like it already." },
	],
]);

checkPort("sql_databases.tutorial002", [
	...heroes((hero) => hero),
	[
		"PATCH /heroes/3",
		{ json: { age: 48 } },
		200,
		{ name: "Rusty-Man", age: 48, id: 3 },
	],
	[
		"PATCH /heroes/3",
		{ json: { name: "Rusty", age: null } },
		200,
		{ name: "Rusty", age: null, id: 3 },
	],
	["PATCH /heroes/2", { json: { name: "Nobody" } }, 404, notFound],
]);

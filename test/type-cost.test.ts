import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sourceFolder } from "./source-files.ts";
import { typeCheck } from "./type-check.ts";

// Hono takes about 7,000 a route and Elysia 2,200, both more with every route
const instantiationsPerRoute = 150;

const kinds: Readonly<Record<string, (index: number) => string>> = {
	"a route": (index) => `
app.get(
	"/r${index}/{id}",
	{ id: z.int(), q: z.string().optional(), limit: z.int().default(10) },
	({ id, q, limit }) => ({ id, q, limit }),
);`,
	"a route with a response schema": (index) => `
app.get(
	{ path: "/r${index}/{id}", response: Item },
	{ id: schema },
	({ id }) => ({ id, kind: "a" }),
);`,
};

for (const [kind, route] of Object.entries(kinds)) {
	test(`checking the types of ${kind} costs little, and no more in a large app`, {
		skip: !isAppExported() && "the entry file does not export App yet",
	}, async () => {
		const counts: number[] = [];
		for (const routes of [0, 50, 200, 400]) {
			const { errors, instantiations } = await typeCheck({
				"app.ts": appWith(routes, route),
			});
			assert.equal(errors, "");
			counts.push(instantiations);
		}
		const [none = 0, small = 0, medium = 0, large = 0] = counts;
		// the first of a kind makes types that the others share: the bound is for each further one
		const costs = [
			(medium - small) / 150,
			(large - small) / 350,
			(large - medium) / 200,
		];
		const shown = `instantiations a route: ${costs.map((cost) => cost.toFixed(1)).join(", ")}`;
		assert.ok(
			costs.every((cost) => cost <= instantiationsPerRoute),
			shown,
		);
		// linear: the last 200 routes cost what 200 routes cost
		assert.ok(large - medium <= (medium - none) * 1.05, shown);
	});
}

function isAppExported(): boolean {
	const entry = join(sourceFolder, "index.ts");
	return existsSync(entry) && /\bApp\b/.test(readFileSync(entry, "utf8"));
}

function appWith(routes: number, route: (index: number) => string): string {
	const operations = Array.from({ length: routes }, (_, index) => route(index));
	return `import { App } from "vivace";
import { z } from "zod";

export const app = new App();
export const schema = z.int();
export const Item = z.object({ id: z.int(), kind: z.enum(["a", "b"]) });
${operations.join("")}
`;
}

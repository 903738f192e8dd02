import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { App, RedirectResponse, Router } from "../../src/index.ts";
import { type PathType, registerPathType } from "../../src/routing.ts";
import { TestClient } from "../../src/testing.ts";

declare module "../../src/routing.ts" {
	interface PathTypes {
		day: Date;
		hex: string;
	}
}

const quiet = { error() {}, warn() {}, info() {} };

const day: PathType<Date> = {
	pattern: /\d{4}-\d{2}-\d{2}/,
	parse(text) {
		const date = new Date(text);
		if (Number.isNaN(date.getTime())) {
			throw new RangeError("no such day");
		}
		return date;
	},
	format: (date) => date.toISOString().slice(0, 10),
};
registerPathType("day", day);
registerPathType("day", day); // the same once more
registerPathType("hex", { pattern: /[0-9a-f]+|0/u });

const newYear = new Date(Date.UTC(2026, 0, 1));

describe("path types of one's own", () => {
	test("say which texts a path takes, and what handlers get of them", async () => {
		const app = new App({ logger: quiet });
		app.get("/days/{day:day}", ({ day }) => day.getUTCFullYear());
		app.get("/days/{name}", ({ name }) => name);
		app.get(
			"/texts/{day:day}",
			{ day: z.string(), q: z.string().nullish() },
			({ day, q }) => ({ day, q }),
		);
		app.get("/hex/{code:hex}", ({ code }) => code.length);
		await using client = await TestClient.start(app);
		const get = async (path: string) => {
			const response = await client.get(path);
			return response.ok ? await response.json() : response.status;
		};
		assert.equal(await get("/days/2026-03-01"), 2026);
		assert.equal(await get("/days/2026-13-01"), "2026-13-01");
		assert.equal(await get("/days/today"), "today");
		assert.deepEqual(await get("/texts/2026-03-01"), {
			day: "2026-03-01",
			q: null,
		});
		assert.equal(await get("/texts/2026-13-01"), 404);
		assert.equal(await get("/texts/2026-03-01x"), 404);
		assert.equal(await get("/hex/ff%30"), 3);
		assert.equal(await get("/hex/fg"), 404);
		assert.equal((await client.post("/texts/2026-03-01")).status, 405);
	});

	test("may stand beside others in a segment, in prefixes, and make paths", async () => {
		const router = new Router({ prefix: "/from/{from:day}" });
		router.get("/to/{to:day}..{code:hex}", function read_span(values) {
			const { from, to, code } = values;
			return [from.getTime() === newYear.getTime(), to.getUTCDate(), code];
		});
		const app = new App({ logger: quiet });
		app.include(router);
		app.get("/jump", (_values, request) => {
			const values = { from: newYear, to: "2026-01-31", code: "a0" };
			return new RedirectResponse(request.urlFor("read_span", values));
		});
		await using client = await TestClient.start(app);
		const response = await client.get("/jump");
		assert.equal(
			response.url,
			"http://testserver/from/2026-01-01/to/2026-01-31..a0",
		);
		assert.deepEqual(await response.json(), [true, 31, "a0"]);
		const wrong = { from: "2026-02-45", to: newYear, code: "a" };
		assert.throws(
			() => app.urlPathFor("read_span", wrong),
			/VIV_ROUTE: .* would become "\/from\/2026-02-45\/to\/2026-01-01\.\.a", which does not lead back/,
		);
		assert.throws(
			() =>
				app.urlPathFor("read_span", { from: newYear, to: newYear, code: "x" }),
			/VIV_ROUTE: .* can't take "x" for "code"/,
		);
	});

	test("are documented by their patterns, unless a schema says more", () => {
		const app = new App({ logger: quiet });
		app.get("/days/{day:day}", ({ day }) => day);
		const { parameters } = (
			app.openapi().paths as Record<
				string,
				{ get: { parameters: { schema: object }[] } }
			>
		)["/days/{day}"]?.get ?? { parameters: [] };
		assert.deepEqual(parameters[0]?.schema, {
			type: "string",
			pattern: "^(?:\\d{4}-\\d{2}-\\d{2})$",
			title: "Day",
		});
	});

	test("that are wrong, clash or are not there are told where they are written", () => {
		const app = new App();
		const refused: [name: string, type: unknown, message: RegExp][] = [
			[
				"int",
				{ pattern: /x/ },
				/registerPathType\("int"\): this type is built in/,
			],
			["day", { ...day }, /"day"\): another type has this name/],
			[
				"a-b",
				{ pattern: /x/ },
				/its name must be made of letters, digits and _/,
			],
			["new", { pattern: "x" }, /pattern must be a regular expression/],
			["new", { pattern: /x/i }, /flags "i"; write it without/],
			["new", { pattern: /^x$/ }, /has \^ or \$; the whole text must match/],
			["new", { pattern: /(a|b)/ }, /has a capturing group; write \(\?:…\)/],
			["new", { pattern: /a*/ }, /matches the empty text/],
			["new", { pattern: /a/, parse: 1 }, /parse must be a function/],
			["new", { pattern: /a{,2}/ }, /is none with the flag "u"/],
			["new", undefined, /pattern must be a regular expression/],
		];
		for (const [name, type, message] of refused) {
			assert.throws(
				() => registerPathType(name, type as PathType),
				(error) => {
					assert.match(String(error), /VIV_PATH/);
					assert.match(String(error), message);
					return true;
				},
			);
		}
		assert.throws(
			() => app.get("/{x:new}", ({ x }) => x),
			/VIV_PATH: .*unknown converter "new" in "\{x:new\}"; use one of str, path, int, float, uuid, day, hex, or make it before with registerPathType\(\)/,
		);
	});
});

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { TestClient } from "vivace/testing";
import { app as appScope } from "../app-scope.ts";
import { app as lifespanOption } from "../lifespan-option.ts";

for (const [form, app] of Object.entries({ lifespanOption, appScope })) {
	test(`${form}: the models are there for every request, loaded once and released at the end`, async (t) => {
		const lines = recordInfo(t);
		{
			await using client = await TestClient.start(app);
			assert.equal(lines[0], "models loaded");
			for (const [x, result] of [
				["1", 42],
				["2.5", 105],
				["-1", -42],
			] as const) {
				const response = await client.get("/predict", { query: { x } });
				assert.deepEqual(await response.json(), { result });
			}
			assert.ok(!lines.includes("models released"));
		}
		const own = lines.filter((line) => line.startsWith("models"));
		assert.deepEqual(own, ["models loaded", "models released"]);
	});

	test(`${form}: what is no number is refused`, async (t) => {
		recordInfo(t);
		await using client = await TestClient.start(app);
		const response = await client.get("/predict?x=many");
		assert.equal(response.status, 422);
		const { detail } = (await response.json()) as {
			detail: { type: string; loc: string[] }[];
		};
		assert.deepEqual(
			detail.map(({ type, loc }) => [type, loc]),
			[["float_parsing", ["query", "x"]]],
		);
	});
}

/** Records the lines that are written to the console from here to the end of the test. */
function recordInfo(t: TestContext): string[] {
	const lines: string[] = [];
	t.mock.method(console, "info", (line: string) => lines.push(line));
	return lines;
}

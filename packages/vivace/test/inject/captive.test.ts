import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { App, dependency, SetupError } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const logger = { error() {}, warn() {}, info() {} };

const session = dependency(
	function* () {
		yield "session";
	},
	{ scope: "function", name: "session" },
);

const refused =
	(...words: RegExp[]) =>
	(error: unknown) => {
		assert.ok(error instanceof SetupError);
		assert.equal(error.code, "VIV_SCOPE");
		for (const word of words) {
			assert.match(error.message, word);
		}
		return true;
	};

describe("a value of request scope", () => {
	test("that cleans nothing up may need function scope, as in FastAPI", async () => {
		const repository = dependency({ session }, ({ session }) => [session]);
		const later = dependency({ repository }, async ({ repository }) => [
			...repository,
			"later",
		]);
		const app = new App({ logger });
		app.get("/", { later }, ({ later }) => later);
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/")).json(), [
			"session",
			"later",
		]);
	});

	test("VIV_SCOPE: that cleans up may not, neither itself nor through a plain one", () => {
		const repository = dependency({ session }, ({ session }) => session);
		for (const params of [{ session }, { repository }]) {
			assert.throws(
				() =>
					dependency(params as never, function* unit() {
						yield 1;
					}),
				refused(
					/"unit" \(request scope\) needs "session" \(function scope\), which is gone before it cleans up/,
					/give "session" request scope or "unit" function scope/,
				),
			);
		}
	});

	test("VIV_SCOPE: that turns out to clean up is told when it is made", async () => {
		function* unit() {
			yield 1;
		}
		const wrapped = dependency({ session } as never, () => unit(), {
			name: "unit",
		});
		const app = new App({ logger });
		app.get("/", { wrapped }, ({ wrapped }) => wrapped);
		await using client = await TestClient.start(app);
		await assert.rejects(client.get("/"), refused(/"unit" \(request scope\)/));
	});

	test("VIV_SCOPE: is held to it when an override lives shorter than what it replaces", async () => {
		const lasting = dependency(() => "lasting");
		const unit = dependency(
			{ lasting },
			function* () {
				yield 1;
			},
			{ name: "unit" },
		);
		const app = new App({ logger });
		app.get("/", { unit }, ({ unit }) => unit);
		app.overrides.set(lasting, session);
		await assert.rejects(TestClient.start(app), refused(/"unit".*"session"/));
	});
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import {
	BackgroundTasks,
	Depends,
	dependency,
	Lifespan,
	SetupError,
} from "../../src/index.ts";
import {
	type AnyDependency,
	buildGraph,
	type GraphOptions,
} from "../../src/inject/graph.ts";

function graphOf(options: Partial<GraphOptions>) {
	return buildGraph({
		where: "GET /",
		params: {},
		dependencies: [],
		pathNames: [],
		...options,
	});
}

const named = (name: string, params: Record<string, AnyDependency> = {}) =>
	dependency(params, () => name, { name });

describe("the order of a graph", () => {
	test("is that of need: dependencies of the route first, then those of the record, each once", () => {
		const a = named("a");
		const b = named("b", { a });
		const c = named("c", { a, b });
		const { order, root } = graphOf({
			params: { c, a },
			dependencies: [b],
		});
		assert.deepEqual(
			order.map(({ name }) => name),
			["a", "b", "c"],
		);
		assert.deepEqual(
			root.inputs.map((input) => input.kind === "node" && input.node.name),
			["c", "a"],
		);
		assert.equal(new Set(order.map(({ slot }) => slot)).size, 3);
	});

	test("has a node more for each use that is not shared", () => {
		const a = named("a");
		const { order } = graphOf({
			params: { a, fresh: Depends(a, { useCache: false }) },
		});
		assert.deepEqual(
			order.map(({ name, isShared }) => [name, isShared]),
			[
				["a", true],
				["a", false],
			],
		);
	});

	test("names a dependency without a name by its first use, and parameters by their owner's order", () => {
		const inner = dependency({ q: z.string() }, () => 1);
		const { order, fields } = graphOf({
			params: { first: inner, again: inner, limit: z.int() },
		});
		assert.deepEqual(
			order.map(({ name }) => name),
			["first"],
		);
		assert.deepEqual(
			fields.map(({ key }) => key),
			["limit", "q"],
		);
	});
});

describe("app scope in a graph", () => {
	test("is apart from what each request makes, with what is needed first", () => {
		const app = { scope: "app" } as const;
		const config = dependency({ lifespan: Lifespan }, () => 1, {
			...app,
			name: "config",
		});
		const pool = dependency({ config }, () => 2, { ...app, name: "pool" });
		const user = dependency({ pool }, () => 3, { name: "user" });
		const { order, resources, usedResources } = graphOf({ params: { user } });
		assert.deepEqual(
			order.map(({ name }) => name),
			["user"],
		);
		assert.deepEqual(
			resources.map(({ name }) => name),
			["config", "pool"],
		);
		assert.deepEqual(
			[...usedResources].map(({ name }) => name),
			["pool"],
		);
	});

	test("VIV_SCOPE: is held to its rule after overrides, too", () => {
		const config = dependency(() => 1, { scope: "app", name: "config" });
		const pool = dependency({ config }, () => 2, {
			scope: "app",
			name: "pool",
		});
		const request = named("for a test");
		assert.throws(
			() =>
				graphOf({
					params: { pool },
					overrides: new Map([[config as AnyDependency, request]]),
				}),
			/VIV_SCOPE: "pool" \(app scope\) needs "for a test" \(request scope\), which is gone before it;/,
		);
	});
});

for (const scope of ["app", "request", "function"] as const) {
	test(`VIV_CYCLE: a circle in ${scope} scope is one error, which shows it`, () => {
		const of = (name: string, params: Record<string, AnyDependency> = {}) =>
			dependency(params as never, () => name, {
				name,
				scope,
			}) as AnyDependency;
		const a = of("a");
		const b = of("b", { a });
		const c = of("c", { b });
		assert.throws(
			() =>
				graphOf({
					params: { c },
					overrides: new Map([[a, of("other a", { c })]]),
				}),
			(error) =>
				error instanceof SetupError &&
				error.message ===
					'VIV_CYCLE: GET /: dependencies need each other: "c" → "b" → "other a" → "c"; take one of them out of the circle.',
		);
	});
}

test("a class has one slot, whoever asks for it", () => {
	const inner = dependency({ tasks: BackgroundTasks }, () => 1);
	const { order, root } = graphOf({
		params: { inner, tasks: BackgroundTasks },
	});
	const slots = [...(order[0]?.inputs ?? []), ...root.inputs].flatMap(
		(input) => (input.kind === "class" ? input.slot : []),
	);
	assert.equal(slots.length, 2);
	assert.equal(slots[0], slots[1]);
});

test("VIV_DEPENDENCY: what is made for its effect is a dependency", () => {
	assert.throws(
		() => graphOf({ dependencies: [z.string()] }),
		/VIV_DEPENDENCY: GET \/: dependencies\[0\] is not a dependency/,
	);
});

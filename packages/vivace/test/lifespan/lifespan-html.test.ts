import assert from "node:assert/strict";
import { test } from "node:test";
import { lifespanHtml } from "../../src/docs.ts";
import {
	type ChartedResource,
	criticalChain,
	durationLabel,
} from "../../src/lifespan/report/charted-resource.ts";

function resource(
	name: string,
	fields: Partial<ChartedResource> = {},
): ChartedResource {
	return {
		name,
		needs: [],
		neededBy: [],
		optional: false,
		state: "ready",
		attempts: 1,
		startedAtMs: 0,
		readyAtMs: 10,
		waitedForMs: 0,
		waitingFor: [],
		heldUpBy: undefined,
		error: undefined,
		...fields,
	};
}

test("durations read well at any size", () => {
	for (const [ms, text] of [
		[0, "0.0 ms"],
		[0.44, "0.4 ms"],
		[9.94, "9.9 ms"],
		[9.99, "10 ms"],
		[999.4, "999 ms"],
		[999.6, "1.0 s"],
		[59_960, "1 min 0 s"],
		[65_000, "1 min 5 s"],
	] as const) {
		assert.equal(durationLabel(ms), text);
	}
});

test("the chain that start-up waited for goes from the last resource to the first; the background does not count", () => {
	const chain = criticalChain([
		resource("a"),
		resource("b", { readyAtMs: 300 }),
		resource("c", { heldUpBy: "b", startedAtMs: 300, readyAtMs: 310 }),
		resource("late", { optional: true, attempts: 9, readyAtMs: 60_000 }),
	]);
	assert.deepEqual(chain, ["c", "b"]);
	assert.deepEqual(criticalChain([]), []);
});

test("whatever is named or went wrong is text, in every place", () => {
	const evil = `</script><img src=x onerror="alert('1')">`;
	const html = lifespanHtml({
		title: evil,
		docsUrl: `/docs"${evil}`,
		resources: [
			resource(evil, { neededBy: [evil], error: evil, state: evil }),
			resource("b", {
				needs: [evil],
				state: "waiting",
				startedAtMs: undefined,
				readyAtMs: undefined,
				waitingFor: [evil],
				waitedForMs: 5,
			}),
		],
	});
	assert.ok(!html.includes("<img"));
	assert.equal(html.match(/<\/script>/g)?.length, 1);
	assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//);
});

test("every state has its words: waiting, starting, degraded, failed", () => {
	const gone = { readyAtMs: undefined };
	const html = lifespanHtml({
		title: "Shop",
		resources: [
			resource("a", { state: "starting", ...gone }),
			resource("b", {
				state: "waiting",
				startedAtMs: undefined,
				waitingFor: ["a"],
				waitedForMs: 7,
				...gone,
			}),
			resource("c", {
				state: "degraded",
				attempts: 3,
				optional: true,
				...gone,
			}),
			resource("d", { state: "failed", error: "refused", ...gone }),
		],
	});
	for (const words of [
		"0 of 4 resources ready · 1 waiting · 1 starting · 1 degraded · 1 failed",
		"waiting for a",
		"degraded (3 tries)",
		"<em>refused</em>",
		"<em>optional</em>",
	]) {
		assert.ok(html.includes(words), words);
	}
});

test("an app without resources has a page that says so", () => {
	const html = lifespanHtml({ title: "Shop", resources: [] });
	assert.match(html, /No resources/);
});

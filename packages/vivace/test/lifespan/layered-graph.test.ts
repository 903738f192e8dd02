import assert from "node:assert/strict";
import { test } from "node:test";
import {
	layeredGraph,
	withoutDetours,
} from "../../src/lifespan/report/layered-graph.ts";

test("what is needed stands to the left, by the longest way", () => {
	const { nodes, edges, layerCount, slotCount } = layeredGraph(
		new Map([
			["c", ["a", "b"]],
			["b", ["a"]],
			["a", []],
			["alone", []],
		]),
	);
	const layers = Array.from(nodes, ([name, { layer }]) => [name, layer]);
	assert.deepEqual(Object.fromEntries(layers), { a: 0, b: 1, c: 2, alone: 0 });
	assert.equal(layerCount, 3);
	assert.equal(slotCount, 2);
	const long = edges.find(({ from, to }) => from === "a" && to === "c");
	assert.deepEqual(
		long?.places.map(({ layer }) => layer),
		[0, 1, 2],
	);
});

test("nothing stands on another, and neighbours are sorted so that lines do not cross", () => {
	const { nodes } = layeredGraph(
		new Map([
			["a", []],
			["b", []],
			["c", []],
			["of c", ["c"]],
			["of b", ["b"]],
			["of a", ["a"]],
		]),
	);
	const places = Array.from(
		nodes.values(),
		({ layer, slot }) => `${layer}/${slot}`,
	);
	assert.equal(new Set(places).size, 6);
	for (const name of ["a", "b", "c"]) {
		assert.equal(nodes.get(name)?.slot, nodes.get(`of ${name}`)?.slot);
	}
});

test("an empty graph and needs that are no node do no harm", () => {
	assert.deepEqual(layeredGraph(new Map()).slotCount, 0);
	const { edges } = layeredGraph(new Map([["a", ["gone"]]]));
	assert.deepEqual(edges, []);
});

test("an edge that others imply is left out", () => {
	const needs = new Map([
		["a", []],
		["b", ["a"]],
		["c", ["b", "a"]],
		["d", ["a", "c"]],
	]);
	assert.deepEqual(Object.fromEntries(withoutDetours(needs)), {
		a: [],
		b: ["a"],
		c: ["b"],
		d: ["c"],
	});
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
	parameterTexts,
	takenNames,
} from "../../src/inject/function-source.ts";

/** Functions as texts: the compiler of types would change or refuse some of them. */
const sources: readonly (readonly [
	source: string,
	texts: readonly string[] | undefined,
])[] = [
	["() => 1", []],
	["({ a, b: c }, request) => 1", ["{ a, b: c }", "request"]],
	["async ({ a }) => 1", ["{ a }"]],
	["function read({ a: { b } }, [c, d]) {}", ["{ a: { b } }", "[c, d]"]],
	["async function* read(values, socket) {}", ["values", "socket"]],
	["function(a = f(1, 2), b) {}", ["a = f(1, 2)", "b"]],
	["function({ a = \"}\" }, b = '\\', c') {}", ['{ a = "}" }', "b = '\\', c'"]],
	["function(a = `1`) {}", undefined],
	["function(a /* , b */) {}", undefined],
	["class { constructor(a) {} }", undefined],
	["value => value", ["value"]],
	["async value => value", ["value"]],
];

suite("the parameters of a function as they are written", () => {
	for (const [source, texts] of sources) {
		test(source, () => {
			const made = new Function(`return (${source});`)();
			assert.deepEqual(parameterTexts(made), texts);
		});
	}

	test("are none of a function of the runtime", () => {
		assert.deepEqual(parameterTexts(Math.max.bind(null)), []);
	});
});

test("the names that a pattern takes are those without a default", () => {
	assert.deepEqual(
		takenNames("{ a, b: c, d = 1, e: f = 2, [g]: h, i: { j }, ...rest }"),
		["a", "b", "i"],
	);
	assert.deepEqual(takenNames("{}"), []);
	assert.equal(takenNames("values"), undefined);
});

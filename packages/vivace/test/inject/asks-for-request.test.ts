import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { asksForRequest } from "../../src/inject/asks-for-request.ts";

/** Functions as texts: the formatter would write some of them otherwise. */
const sources: readonly (readonly [source: string, asks: boolean])[] = [
	["() => 1", false],
	["({ a }) => a", false],
	["values => values", false],
	["async ({ a, b: { c } }) => a", false],
	["function* read({ a }) { yield a; }", false],
	["async function read({ a }) { return a; }", false],
	["({ read({ a }) { return a; } }).read", false],
	["({ a }, request) => request", true],
	["({ a }, { url }) => url", true],
	["({ a } = {}, request) => request", true],
	["({ a }, request = undefined) => request", true],
	["(...given) => given[1]", true],
	["({ a }, ...others) => others", true],
	["function read() { return arguments[1]; }", true],
	["function read() { return (() => arguments[1])(); }", true],
	["function read() { return eval('argu' + 'ments')[1]; }", true],
	["function read({ a = `}` }) { return a; }", true],
	["(function read({ a }) { return a; }).bind(null)", true],
	["new Proxy(({ a }) => a, {})", true],
	["class { constructor(values, request) {} }", true],
	["class { constructor({ a }) {} }", true],
];

suite("a function asks for the request where its source does not rule it out", () => {
	for (const [source, asks] of sources) {
		test(source, () => {
			const made = new Function(`return (${source});`)();
			assert.equal(asksForRequest(made), asks);
		});
	}
});

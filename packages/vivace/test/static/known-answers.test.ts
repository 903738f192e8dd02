import assert from "node:assert/strict";
import { test } from "node:test";
import { Response } from "../../src/http/response.ts";
import { KnownAnswers } from "../../src/static/known-answers.ts";

const known = new Response(null, { status: 304 });

function asked(routePath: string, tag: string, coding?: string) {
	const headers = new Map([
		["if-none-match", tag],
		["accept-encoding", coding],
	]);
	return { routePath, header: (name: string) => headers.get(name) };
}

test("an answer is known for the same path, entity tag and codings", () => {
	const answers = new KnownAnswers();
	answers.keep(asked("/a", '"1"', "br"), known);
	assert.equal(answers.of(asked("/a", '"1"', "br")), known);
	assert.equal(answers.of(asked("/a", '"1"')), undefined);
	assert.equal(answers.of(asked("/a", '"2"', "br")), undefined);
	assert.equal(answers.of(asked("/b", '"1"', "br")), undefined);
	answers.keep(asked("/c", '"1"'), new Response("whole"));
	assert.equal(answers.of(asked("/c", '"1"')), undefined);
});

// of 16 KB of headers each, 4,096 would take 64 MB
test("clients can't fill the memory with long words, or with many", () => {
	const answers = new KnownAnswers();
	for (const long of [
		asked(`/${"./".repeat(600)}a`, '"1"'),
		asked("/a", `"1", "${"x".repeat(2000)}"`),
		asked("/a", '"1"', `br${" ".repeat(2000)}`),
	]) {
		answers.keep(long, known);
		assert.equal(answers.of(long), undefined);
	}
	const first = asked("/0", '"1"');
	for (let count = 0; count <= 4096; count++) {
		answers.keep(asked(`/${count}`, '"1"'), known);
	}
	assert.equal(answers.of(first), undefined);
	assert.equal(answers.of(asked("/4096", '"1"')), known);
});

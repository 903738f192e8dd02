import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { OpenApiDocument } from "../../src/openapi/operation.ts";
import {
	type WrittenDocument,
	writingSteps,
} from "../../src/openapi/written-document.ts";
import { SlicedWork } from "../../src/time/sliced-work.ts";

const written = (document: object) =>
	new SlicedWork(writingSteps(document as OpenApiDocument)).finish();
const textBelow = (document: WrittenDocument, rootPath: string) =>
	new TextDecoder().decode(document.below(rootPath).bytes);

const schemas = Object.fromEntries(
	Array.from({ length: 500 }, (_, index) => [
		`Item${index}`,
		{ type: "object", description: "é".repeat(300), index },
	]),
);
const start = { openapi: "3.1.0", info: { title: "Shop" } };

suite("a document that is sent", () => {
	const documents = {
		"with many models": { ...start, components: { schemas } },
		"with servers": { ...start, servers: [{ url: "/v1" }], paths: {} },
		"with no server": { ...start, servers: [], paths: {} },
		"with what JSON leaves out": { ...start, paths: undefined, tags: null },
		empty: {},
	};
	for (const [name, document] of Object.entries(documents)) {
		test(`${name} is the JSON of it`, () => {
			const one = written(document);
			assert.equal(textBelow(one, ""), JSON.stringify(document));
			assert.equal(textBelow(one, "/v1").includes('"/v1"'), true);
		});

		test(`${name} has a root path first among its servers`, () => {
			const { servers = [] } = document as { servers?: object[] };
			const below = { ...document, servers: [{ url: "/a" }, ...servers] };
			const one = written(document);
			assert.equal(textBelow(one, "/a"), JSON.stringify(below));
			const tags = ["", "/a", "/b", "/a"].map((path) => one.below(path).etag);
			assert.equal(new Set(tags).size, 3);
			assert.match(tags[1] ?? "", /^"[\w-]+"$/);
		});
	}

	test("is made bytes in small parts, so that it holds nobody up", (t) => {
		const lengths: number[] = [];
		const { encode } = TextEncoder.prototype;
		t.mock.method(
			TextEncoder.prototype,
			"encode",
			function (this: TextEncoder, text = "") {
				lengths.push(text.length);
				return encode.call(this, text);
			},
		);
		const size = written(documents["with many models"]).below("").bytes.length;
		assert.ok(size > 300_000);
		assert.ok(Math.max(...lengths) < 20_000, String(Math.max(...lengths)));
	});
});
